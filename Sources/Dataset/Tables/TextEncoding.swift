/// How a text file is encoded, as far as its first bytes tell.
package enum TextEncoding {
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The name of the encoding where it is not UTF-8: by its byte order mark, or by the zeros that plain letters have in
    /// it.
    package static func foreign(_ head: some Collection<UInt8>) -> String? {
        let first = Array(head.prefix(64))
        if first.starts(with: [0xFF, 0xFE, 0x00, 0x00]) || first.starts(with: [0x00, 0x00, 0xFE, 0xFF]) {
            return "UTF-32"
        }
        if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        let pairs = first.count / 2
        guard pairs >= 2 else { return nil }
        let zeros = [0, 1].map { parity in (0..<pairs).count { first[2 * $0 + parity] == 0 } }
        if zeros.contains(pairs), zeros.contains(0) { return "UTF-16 without a byte order mark" }
        return nil
    }

    /// Whether a file that begins so is text for people: letters and blanks, in UTF-8 or in one of its ancestors.
    static func isText(_ head: some Collection<UInt8>) -> Bool {
        foreign(head) != nil
            || !head.isEmpty && head.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (9...13).contains($0) }
                && head.count { $0 < 0x80 } * 2 > head.count
    }

    /// Of bytes that are no UTF-8. Every byte is a character in Latin-1 and its relatives, so that this is a guess.
    static let notUTF8 = "bytes that are no UTF-8 (Latin-1 or Windows-1252?)"

    /// What to do about an encoding.
    static func expected(_ path: String, from encoding: String = "ENCODING") -> String {
        let name = encoding.hasPrefix("UTF-16") ? "UTF-16" : encoding
        return "UTF-8: iconv -f \(name) -t UTF-8 '\(path)'"
    }
}
