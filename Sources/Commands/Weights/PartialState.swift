import Bytes

/// What the bytes of a part belong to; stands beside the part, so that another run can go on with it.
public struct PartialState: Sendable, Hashable {
    public var url: String
    /// The server's mark of this version of the file, for `If-Range`; nil where it gave none that can be trusted.
    public var validator: String?
    /// The whole file in bytes, where the server said.
    public var total: Int?

    public init(url: String, validator: String?, total: Int?) {
        self.url = url
        self.validator = validator
        self.total = total
    }

    public var json: JSON {
        .object([
            ("url", .string(url)), ("validator", validator.map(JSON.string) ?? .null),
            ("total", total.map { JSON.int($0) } ?? .null),
        ])
    }

    /// Nil where `json` is no such state: the part then begins anew.
    public init?(json: JSON) {
        guard let url = json["url"]?.stringValue else { return nil }
        self.url = url
        if let text = json["validator"]?.stringValue {
            guard Self.isHeaderText(text) else { return nil }
            validator = text
        }
        total = json["total"]?.intValue
    }

    /// Whether a text from outside can stand in a request's header.
    static func isHeaderText(_ text: String) -> Bool {
        (1...1024).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }
}
