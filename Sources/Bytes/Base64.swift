/// Base 64 in the common alphabet (RFC 4648, section 4), with padding.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var (word, held) = (UInt32(0), 0)
        func digit(_ shift: UInt32) -> UInt8 { alphabet[Int(word >> shift & 63)] }
        for byte in bytes {
            word = word << 8 | UInt32(byte)
            held += 1
            guard held == 3 else { continue }
            text += [digit(18), digit(12), digit(6), digit(0)]
            (word, held) = (0, 0)
        }
        if held > 0 {
            word <<= UInt32(3 - held) * 8
            text += [digit(18), digit(12), held == 2 ? digit(6) : padding, padding]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for a text that is not whole. Blanks and line ends do not count.
    public static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (word, held, paddings) = (UInt32(0), 0, 0)
        for character in text.utf8 {
            let value: UInt32
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(character) - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(character) - 97 + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(character) - 48 + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case padding:
                paddings += 1
                continue
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): continue
            default: return nil
            }
            guard paddings == 0 else { return nil }
            word = word << 6 | value
            held += 1
            guard held == 4 else { continue }
            bytes += [UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 8)]
            bytes.append(UInt8(truncatingIfNeeded: word))
            (word, held) = (0, 0)
        }
        switch (held, paddings) {
        case (0, 0): return bytes
        // What is left over of the last digit must be 0: every sequence has one text.
        case (2, 2) where word & 15 == 0: return bytes + [UInt8(truncatingIfNeeded: word >> 4)]
        case (3, 1) where word & 3 == 0:
            return bytes + [UInt8(truncatingIfNeeded: word >> 10), UInt8(truncatingIfNeeded: word >> 2)]
        default: return nil
        }
    }
}
