import Bytes

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
        skipSpace()
        let start = cursor.position
        try expect("\"")
        while true {
            let byte = try cursor.byte("a string of the header")
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { _ = try cursor.byte("an escape of the header") }
        }
        do throws(JSONError) {
            return try JSON.string(cursor.contents(of: start..<cursor.position), source: cursor.path)
        } catch {
            throw cursor.malformed(error.reason, at: start)
        }
    }

    private mutating func skipSpace() {
        while let byte = cursor.next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            cursor.skipByte()
        }
    }
}
