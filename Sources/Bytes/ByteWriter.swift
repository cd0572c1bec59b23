/// Appends values in the form in which `ByteReader` reads them: little-endian, without padding.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8]

    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    public var count: Int { bytes.count }

    public mutating func append(_ value: UInt8) { bytes.append(value) }
    public mutating func append(_ value: UInt16) { appendInteger(value) }
    public mutating func append(_ value: UInt32) { appendInteger(value) }
    public mutating func append(_ value: UInt64) { appendInteger(value) }
    /// Two's complement.
    public mutating func append(_ value: Int64) { appendInteger(value) }
    /// The bits as they are, of NaN too.
    public mutating func append(_ value: Float) { appendInteger(value.bitPattern) }
    public mutating func append(_ value: Double) { appendInteger(value.bitPattern) }
    /// One byte, 0 or 1.
    public mutating func append(_ value: Bool) { bytes.append(value ? 1 : 0) }
    /// The bytes alone, without their count.
    public mutating func append(_ value: some Collection<UInt8>) { bytes.append(contentsOf: value) }

    /// A 16-bit count and the text's UTF-8 bytes. A text of more than `maxLength` bytes is cut before the character
    /// (Unicode scalar) that would pass it.
    public mutating func append(_ text: String, maxLength: Int) {
        precondition((0...Int(UInt16.max)).contains(maxLength), "a short text's length has 16 bits")
        let utf8 = Array(text.utf8)
        var end = min(utf8.count, maxLength)
        // 10xxxxxx goes on with a character that began before.
        if end < utf8.count {
            while end > 0 && utf8[end] & 0xc0 == 0x80 { end -= 1 }
        }
        append(UInt16(end))
        bytes.append(contentsOf: utf8[..<end])
    }

    private mutating func appendInteger<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
