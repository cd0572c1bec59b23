extension JSONParser {
    /// RFC 8259, section 7. The position is at the opening quote.
    mutating func parseString() throws(JSONError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while true {
            guard position < bytes.count else {
                throw failure("a string does not end", at: start)
            }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw failure("a string is not valid UTF-8", at: start)
                }
                return result
            case UInt8(ascii: "\\"):
                try parseEscape(into: &text)
            case 0..<0x20:
                throw failure("a control character in a string must be escaped, found \(found)")
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        let kind = peek
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try parseFourDigits()
            if (0xd800..<0xdc00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
                let low = try parseFourDigits()
                // Not a low half: leave `code` a lone half, which is refused below.
                if (0xdc00..<0xe000).contains(low) { code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00) }
            }
            guard let scalar = UnicodeScalar(code) else {
                throw failure("half of a surrogate pair without its other half", at: start)
            }
            text.append(contentsOf: String(scalar).utf8)
        default:
            throw failure("a backslash must be followed by one of \" \\ / b f n r t u", at: start)
        }
    }

    private mutating func parseFourDigits() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(UnicodeScalar(peek)).hexDigitValue else {
                throw failure("expected four hexadecimal digits after \\u, found \(found)")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    /// RFC 8259, section 6. The position is at a minus or a digit.
    mutating func parseNumber() throws(JSONError) -> JSON {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            guard !isDigit(peek) else { throw failure("a number must not start with a superfluous 0") }
        } else {
            try parseDigits()
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try parseDigits()
        }
        if peek | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try parseDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            if let value = Int64(text) { return .int(value) }
            if let value = UInt64(text) { return .uint(value) }
        } else if let value = Double(text), value.isFinite {
            return .double(value)
        }
        throw failure(isInteger ? "an integer does not fit 64 bits" : "a number does not fit a double", at: start)
    }

    private mutating func parseDigits() throws(JSONError) {
        guard isDigit(peek) else { throw failure("expected a digit, found \(found)") }
        while isDigit(peek) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
