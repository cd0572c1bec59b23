import Bytes

/// Why one end does not talk to the other; told instead of the next step of the handshake.
public struct Refusal: Sendable, Hashable, CustomStringConvertible {
    public enum Code: UInt16, Sendable, CaseIterable {
        /// No common version.
        case version = 1
        /// The proof is not one of this key.
        case key = 2
        /// One end has a key and the other runs without.
        case insecure = 3
        /// Too many connections, or another coordinator is being served.
        case busy = 4
        /// The process is shutting down.
        case leaving = 5
        /// The handshake's bytes are not what the format says. Codes that are not known read as this one.
        case outOfProtocol = 6

        /// For people.
        public var name: String {
            switch self {
            case .version: "version"
            case .key: "key"
            case .insecure: "without a key"
            case .busy: "busy"
            case .leaving: "shutting down"
            case .outOfProtocol: "not understood"
            }
        }
    }
    public var code: Code
    /// At most `textLimit` bytes of printable ASCII: it comes from a stranger and is shown to people.
    public var text: String

    /// Chosen so that hello and refusal stay below what a stranger may send.
    public static let textLimit = 80

    public init(_ code: Code, _ text: String) {
        self.code = code
        self.text = Refusal.printable(text)
    }

    public var description: String { text.isEmpty ? code.name : text }

    func encode(into writer: inout ByteWriter) {
        writer.append(code.rawValue)
        writer.append(text, maxLength: Refusal.textLimit)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        code = Code(rawValue: try reader.uint16("refusal code")) ?? .outOfProtocol
        text = Refusal.printable(try reader.string("refusal text", maxLength: Refusal.textLimit))
        try reader.finish()
    }

    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.prefix(textLimit).map { (" "..."~").contains($0) ? $0 : "?" }))
    }
}
