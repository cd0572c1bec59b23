import Bytes

extension ByteReader {
    /// A 32-bit count and as many elements, each of at least `elementBytes` bytes.
    mutating func array<Element>(
        _ field: String, limit: Int, elementBytes: Int,
        _ element: (inout ByteReader) throws(ByteReaderError) -> Element
    ) throws(ByteReaderError) -> [Element] {
        let count = Int(try uint32(field))
        try checkCount(field, count, limit: limit, elementBytes: elementBytes)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// A byte that is 0 or 1, and after 1 the value.
    mutating func optional<Value>(
        _ field: String, _ value: (inout ByteReader) throws(ByteReaderError) -> Value
    ) throws(ByteReaderError) -> Value? {
        try bool(field) ? try value(&self) : nil
    }

    /// One of the cases of an enumeration of 16 bits.
    mutating func code<Code: RawRepresentable<UInt16>>(_ field: String) throws(ByteReaderError) -> Code {
        let start = offset
        let raw = try uint16(field)
        guard let code = Code(rawValue: raw) else { throw ByteReaderError(field, at: start, "is \(raw), not known") }
        return code
    }

    /// A short text such as an id, a name or a digest.
    mutating func identifier(_ field: String) throws(ByteReaderError) -> String {
        try string(field, maxLength: WireLimits.identifier)
    }

    /// Hexadecimal digits, lower-case, at most 64. It names a file in the node's cache: nothing else may stand in it.
    mutating func digest(_ field: String) throws(ByteReaderError) -> String {
        let start = offset
        let text = try string(field, maxLength: 64)
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            throw ByteReaderError(field, at: start, "is not lower-case hexadecimal")
        }
        return text
    }
}

extension ByteWriter {
    mutating func append<Value>(optional value: Value?, _ encode: (Value, inout ByteWriter) -> Void) {
        append(value != nil)
        if let value { encode(value, &self) }
    }

    mutating func append(identifier: String) { append(identifier, maxLength: WireLimits.identifier) }
}
