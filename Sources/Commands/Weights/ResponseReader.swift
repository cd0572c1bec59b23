/// Takes apart what `curl --include --location` writes: the heads of all responses, of which the last one's body follows.
/// Pure; the pieces may be cut anywhere.
struct ResponseReader {
    /// Of the response whose body comes.
    private(set) var head: ResponseHead?
    /// Where the last redirect leads.
    private(set) var redirect: String?
    private var text: [UInt8] = []

    static let headLimit = 1 << 16

    /// Gives what of a piece is body. Throws where it begins with no response's head.
    mutating func take(_ piece: ArraySlice<UInt8>) throws(FetchError) -> ArraySlice<UInt8> {
        var rest = piece
        while head == nil, let byte = rest.popFirst() {
            text.append(byte)
            guard text.count <= Self.headLimit else { throw .malformed("the server's response begins with no head") }
            guard byte == UInt8(ascii: "\n"), Self.isWhole(text) else { continue }
            // Bytes of a line end alone: "\r\n" would be one character.
            let lines = String(decoding: text.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: "\n")
            guard let found = ResponseHead(lines: lines) else {
                throw .malformed("the server's response begins with no head")
            }
            text = []
            if found.isPassing { redirect = found["location"] ?? redirect } else { head = found }
        }
        return rest
    }

    /// Whether the head ends here: with an empty line.
    private static func isWhole(_ text: [UInt8]) -> Bool {
        text.suffix(2).elementsEqual("\n\n".utf8) || text.suffix(4).elementsEqual("\r\n\r\n".utf8)
    }
}
