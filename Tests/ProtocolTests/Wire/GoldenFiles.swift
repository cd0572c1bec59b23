import Foundation
import Protocol

/// `Tests/ProtocolTests/Golden/NAME.hex`, and the same bytes in the block "```hex NAME" of `FORMAT.md`.
/// STNET_RECORD=1 writes both anew.
enum GoldenFiles {
    static let isRecording = ProcessInfo.processInfo.environment["STNET_RECORD"] == "1"

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let formatPath = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/Protocol/FORMAT.md").path

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: tests.appendingPathComponent("Golden").path)
            .filter { $0.hasSuffix(".hex") }.map { String($0.dropLast(4)) }.sorted()
    }

    static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    static func bytes(_ name: String) throws -> [UInt8] {
        try text(name).split(whereSeparator: \.isWhitespace).map { digits in
            guard let byte = UInt8(digits, radix: 16) else { throw CocoaError(.fileReadCorruptFile) }
            return byte
        }
    }

    static func format() throws -> String { try String(contentsOfFile: formatPath, encoding: .utf8) }

    /// 16 bytes a line, as pairs of digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            bytes[start..<min(start + 16, bytes.count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                .joined(separator: " ") + "\n"
        }.joined()
    }

    static func block(_ name: String, _ text: String) -> String { "```hex \(name)\n\(text)```\n" }

    static func record(_ frames: [(name: String, bytes: [UInt8])]) throws {
        var format = try format()
        for (name, bytes) in frames {
            let text = hexadecimal(bytes)
            try text.write(toFile: path(name), atomically: true, encoding: .utf8)
            guard let opening = format.range(of: "```hex \(name)\n"),
                let closing = format.range(of: "```\n", range: opening.upperBound..<format.endIndex)
            else { continue }
            format.replaceSubrange(opening.lowerBound..<closing.upperBound, with: block(name, text))
        }
        try format.write(toFile: formatPath, atomically: true, encoding: .utf8)
    }

    private static func path(_ name: String) -> String {
        tests.appendingPathComponent("Golden/\(name).hex").path
    }
}
