import Foundation

/// A page of the documentation, by its path from the repository's root.
struct Page {
    static let isRecording = ProcessInfo.processInfo.environment["STNET_RECORD"] == "1"

    let path: String
    private(set) var text: String

    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOfFile: Cluster.root + "/" + path, encoding: .utf8)
    }

    /// What stands between "```MARK" and "```"; nil where the page has no such block.
    func block(_ mark: String) -> String? {
        guard let range = range(of: mark) else { return nil }
        return String(text[range])
    }

    /// All blocks of a mark.
    func blocks(_ mark: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let opening = rest.range(of: "```\(mark)\n"), let closing = rest[opening.upperBound...].range(of: "```") {
            found.append(String(rest[opening.upperBound..<closing.lowerBound]))
            rest = rest[closing.upperBound...]
        }
        return found
    }

    private func range(of mark: String) -> Range<String.Index>? {
        guard let opening = text.range(of: "```\(mark)\n"),
            let closing = text.range(of: "```", range: opening.upperBound..<text.endIndex)
        else { return nil }
        return opening.upperBound..<closing.lowerBound
    }

    /// Puts a block's content in the place of what is there, in the file too.
    mutating func record(_ mark: String, _ content: String) throws {
        guard let range = range(of: mark) else { return }
        text.replaceSubrange(range, with: content)
        try text.write(toFile: Cluster.root + "/" + path, atomically: true, encoding: .utf8)
    }

    /// The cells of every table row whose first cell begins with a name in backticks.
    var rows: [[String]] { Self.rows(text) }

    /// Those from a heading on.
    func rows(below heading: String) -> [[String]] {
        guard let place = text.range(of: "\n\(heading)\n") else { return [] }
        return Self.rows(String(text[place.upperBound...]))
    }

    private static func rows(_ text: String) -> [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.dropFirst().dropLast().components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// What stands in backticks in a text.
    static func names(_ text: some StringProtocol) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap { place, part in
            place % 2 == 1 ? String(part) : nil
        }
    }
}

/// The Swift sources below a folder.
enum Sources {
    static func texts(_ folder: String) throws -> [String] {
        let root = Cluster.root + "/" + folder
        let paths = FileManager.default.enumerator(atPath: root)!.compactMap { $0 as? String }
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map {
            try String(contentsOfFile: root + "/" + $0, encoding: .utf8)
        }
    }
}
