/// UTF-8 that is appended piece by piece, numbers and strings as JSON (RFC 8259) has them. A run writes two lines an image:
/// nothing is made on the way that is not in the text.
public struct UTF8Text: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Punctuation, names with their quotes and colons, and line ends, as they stand.
    public mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Any text, as it stands.
    public mutating func append(verbatim text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    public mutating func append(_ value: Int) { append(Int64(value)) }

    public mutating func append(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(value.magnitude)
    }

    public mutating func append(_ value: UInt64) {
        if value < 10 { return bytes.append(UInt8(ascii: "0") + UInt8(value)) }
        var rest = value
        let start = bytes.count
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    /// The fewest digits that give the number back; a number that JSON cannot express (NaN or an infinity) is `null`, minus zero
    /// is zero.
    public mutating func append(_ value: Double) {
        guard value.isFinite else { return append("null") }
        // Swift's descriptions have the fewest digits, and are valid in JSON.
        bytes.append(contentsOf: (value == 0 ? 0 : value).description.utf8)
    }

    /// The same for a float32: the fewest digits that give that back.
    public mutating func append(_ value: Float) {
        guard value.isFinite else { return append("null") }
        bytes.append(contentsOf: (value == 0 ? 0 : value).description.utf8)
    }

    /// A string with its quotes. Only what must be escaped is (section 7).
    public mutating func append(quoted text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            if utf8.contains(where: Self.isEscaped) {
                for byte in utf8 { append(byteOfString: byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func append(byteOfString byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0x00..<0x20:
            append("\\u00")
            append(hexadecimal: byte)
        default: bytes.append(byte)
        }
    }

    /// Two lower-case hexadecimal digits.
    public mutating func append(hexadecimal byte: UInt8) {
        append(digit: byte >> 4)
        append(digit: byte & 15)
    }

    /// Lower-case hexadecimal digits without zeros in front.
    public mutating func append(hexadecimal value: UInt32) {
        for place in stride(from: (31 - (value | 1).leadingZeroBitCount) & ~3, through: 0, by: -4) {
            append(digit: UInt8(value >> place & 15))
        }
    }

    private mutating func append(digit: UInt8) {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}
