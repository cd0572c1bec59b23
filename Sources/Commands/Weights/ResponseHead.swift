/// Status and header fields of an HTTP response.
public struct ResponseHead: Sendable, Hashable {
    public let status: Int
    /// By lowercase name.
    private let fields: [String: String]

    public init(status: Int, fields: [String: String]) {
        self.status = status
        self.fields = Dictionary(fields.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    }

    /// "HTTP/1.1 200 OK" and the lines that follow it; nil where it is none.
    init?(lines: [Substring]) {
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]), (100...999).contains(status)
        else { return nil }
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return (String(line[..<colon]), String(value))
        }
        self.init(status: status, fields: Dictionary(pairs) { first, _ in first })
    }

    public subscript(name: String) -> String? { fields[name] }

    /// The body's length in bytes, where the server says one.
    public var contentLength: Int? { fields["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

    /// Whether another response follows in this one's place: a preliminary one, or what a redirect leads to.
    var isPassing: Bool { status < 200 || (300..<400).contains(status) && self["location"] != nil }

    /// `bytes 5-99/100` of a 206: where its body begins and how large the whole file is.
    public var contentRange: (first: Int, total: Int)? {
        guard let text = fields["content-range"], text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let total = Int(parts[1]) else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), 0 <= first, first <= last,
            last < total
        else { return nil }
        return (first, total)
    }
}
