/// Status and header fields of an HTTP response.
public struct ResponseHead: Sendable, Hashable {
    public let status: Int
    /// By lowercase name.
    private let fields: [String: String]

    public init(status: Int, fields: [String: String]) {
        self.status = status
        self.fields = Dictionary(fields.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    }

    public subscript(name: String) -> String? { fields[name] }

    /// The body's length in bytes, where the server says one.
    public var contentLength: Int? { fields["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

    /// What `If-Range` may carry (RFC 9110, 13.1.5): a strong entity tag; without any tag the date of the last change,
    /// unless the response is of the same second, in which the file may have changed again.
    public var validator: String? {
        if let tag = fields["etag"] { return tag.hasPrefix("\"") && PartialState.isHeaderText(tag) ? tag : nil }
        guard let changed = fields["last-modified"], let date = fields["date"], changed != date,
            PartialState.isHeaderText(changed)
        else { return nil }
        return changed
    }

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
