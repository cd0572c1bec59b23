/// Fields of annotation files as numbers. Each returns nil for text that is not exactly one.
package enum FieldText {
    /// A decimal integer that is not negative, also where a program wrote it as 5.0 or 5.000e+00.
    static func count(_ text: some StringProtocol) -> Int? {
        if !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) { return Int(text) }
        guard isDecimal(text), let value = Double(text), value >= 0, value < 1e15 else { return nil }
        return Int(exactly: value)
    }

    /// A finite decimal number of a magnitude that pixels can have.
    static func coordinate(_ text: some StringProtocol) -> Float? {
        guard isDecimal(text), let value = Float(text), value.magnitude < 1e6 else { return nil }
        return value
    }

    /// Digits, point, signs and exponent only: no names of numbers and no hexadecimal ones.
    private static func isDecimal(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
    }

    /// Without the blanks around it, among them those that do not break a line or have no width.
    package static func trimmed(_ text: Substring) -> Substring {
        func isPlain(_ byte: UInt8?) -> Bool { byte.map { (0x21...0x7E).contains($0) } ?? true }
        if isPlain(text.utf8.first), isPlain(text.utf8.last) { return text }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return Substring(scalars[first...last])
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || ["\u{FEFF}", "\u{200B}", "\u{2060}"].contains(scalar)
    }

    /// Found text for a message: quoted, on one line, and cut where it is long.
    static func quoted(_ text: some StringProtocol) -> String {
        let line = String(text.prefix(60).map { $0.isNewline ? " " : $0 })
        return "\"\(line)\(text.count > 60 ? "..." : "")\""
    }
}
