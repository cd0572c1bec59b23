/// The tokens of JSON (RFC 8259) that a safetensors header uses: objects, strings, and lists of integers from 0 up.
struct JSONScanner {
    private(set) var cursor: ByteCursor

    init(_ cursor: ByteCursor) {
        self.cursor = cursor
    }

    mutating func expect(_ character: Unicode.Scalar) throws(WeightError) {
        skipSpace()
        guard cursor.next == UInt8(ascii: character) else {
            throw cursor.malformed("expected \"\(character)\" in the header")
        }
        cursor.skipByte()
    }

    mutating func expectEnd() throws(WeightError) {
        skipSpace()
        guard cursor.next == nil else { throw cursor.malformed("expected nothing after the header's last brace") }
    }

    /// The next key of an object and the colon behind it, or nil with the closing brace consumed.
    mutating func nextKey(isFirst: Bool) throws(WeightError) -> String? {
        skipSpace()
        if cursor.next == UInt8(ascii: "}") {
            try expect("}")
            return nil
        }
        if !isFirst { try expect(",") }
        let key = try string()
        try expect(":")
        return key
    }

    mutating func integers(limit: Int) throws(WeightError) -> [Int] {
        var values: [Int] = []
        try expect("[")
        skipSpace()
        if cursor.next == UInt8(ascii: "]") {
            try expect("]")
            return values
        }
        while true {
            values.append(try integer())
            guard values.count <= limit else {
                throw cursor.malformed("expected at most \(limit) numbers in this list")
            }
            skipSpace()
            if cursor.next == UInt8(ascii: "]") { break }
            try expect(",")
        }
        try expect("]")
        return values
    }

    /// An integer from 0 up, without sign, leading zeros, fraction or exponent.
    private mutating func integer() throws(WeightError) -> Int {
        skipSpace()
        let start = cursor.position
        var value = 0
        while let digit = cursor.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
            cursor.skipByte()
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw cursor.malformed("a number exceeds 64 bits", at: start) }
            value = sum
        }
        let digits = cursor.position - start
        let lead = cursor.contents(of: start..<cursor.position).first
        guard digits > 0, digits == 1 || lead != UInt8(ascii: "0") else {
            throw cursor.malformed("expected an integer from 0 up", at: start)
        }
        return value
    }

    mutating func string() throws(WeightError) -> String {
        try expect("\"")
        let start = cursor.position
        var text: [UInt8] = []
        while true {
            let byte = try cursor.byte("a string of the header")
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw cursor.malformed("a string is not UTF-8", at: start)
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw cursor.malformed("a string holds a control character", at: start)
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(WeightError) {
        let start = cursor.position
        switch try cursor.byte("an escape of the header") {
        case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): text.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try codeUnit())
            if (0xd800..<0xdc00).contains(code), cursor.next == UInt8(ascii: "\\") {
                cursor.skipByte()
                try expectAdjacent("u")
                let low = UInt32(try codeUnit())
                guard (0xdc00..<0xe000).contains(low) else {
                    throw cursor.malformed("half a surrogate pair", at: start)
                }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw cursor.malformed("half a surrogate pair", at: start) }
            text.append(contentsOf: UTF8.encode(scalar)!)
        default: throw cursor.malformed("an escape that JSON does not have", at: start)
        }
    }

    private mutating func expectAdjacent(_ character: Unicode.Scalar) throws(WeightError) {
        guard cursor.next == UInt8(ascii: character) else { throw cursor.malformed("half a surrogate pair") }
        cursor.skipByte()
    }

    private mutating func codeUnit() throws(WeightError) -> UInt16 {
        let range = try cursor.take(4, "an escape of the header")
        var value: UInt16 = 0
        for byte in cursor.contents(of: range) {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw cursor.malformed("expected four hexadecimal digits", at: range.lowerBound)
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private mutating func skipSpace() {
        while let byte = cursor.next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            cursor.skipByte()
        }
    }
}
