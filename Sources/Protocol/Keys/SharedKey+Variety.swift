import Bytes

extension SharedKey {
    /// What betrays that bytes were not drawn but typed, or left by a disk that lost power; nil where nothing does.
    ///
    /// 32 random bytes, and 32 or more random characters of hexadecimal, base64 or digits, pass but for one in millions;
    /// a byte, a word or a row of the keyboard over and over, counting, and sentences do not.
    static func weakness(of bytes: [UInt8]) -> String? {
        // The end of the line, which `openssl rand -hex 32 > FILE` writes, is part of the key and no variety.
        var body = bytes[...]
        while let last = body.last, last == 0x0a || last == 0x0d { body = body.dropLast() }
        let pairs = Set(zip(body, body.dropFirst()).map { UInt16($0) << 8 | UInt16($1) })
        let steps = Set(zip(body, body.dropFirst()).map { $1 &- $0 })
        if Set(body).count < 2 { return "all its bytes are the same" }
        if Set(body).count < 8 || pairs.count < 20 { return "the same few bytes come over and over" }
        if steps.count < 8 { return "its bytes only count up or down" }
        guard body.allSatisfy({ (0x20..<0x7f).contains($0) || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }) else {
            return nil
        }
        let isLetters = body.allSatisfy { (0x61...0x7a).contains($0 | 0x20) }
        let hasSpaces = body.contains { $0 == 0x20 || $0 == 0x09 }
        return isLetters || hasSpaces ? "it is made of words" : nil
    }
}
