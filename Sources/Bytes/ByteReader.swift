/// Reads values from bytes that somebody else wrote. It never traps: whatever is not there or not allowed throws an
/// error that names the field and its place.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    /// Bytes read so far.
    public private(set) var offset = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Bytes that follow.
    public var remaining: Int { bytes.count - offset }

    public mutating func uint8(_ field: String) throws(ByteReaderError) -> UInt8 { try integer(field) }
    public mutating func uint16(_ field: String) throws(ByteReaderError) -> UInt16 { try integer(field) }
    public mutating func uint32(_ field: String) throws(ByteReaderError) -> UInt32 { try integer(field) }
    public mutating func uint64(_ field: String) throws(ByteReaderError) -> UInt64 { try integer(field) }
    public mutating func int64(_ field: String) throws(ByteReaderError) -> Int64 { try integer(field) }

    public mutating func float(_ field: String) throws(ByteReaderError) -> Float {
        Float(bitPattern: try integer(field))
    }

    public mutating func double(_ field: String) throws(ByteReaderError) -> Double {
        Double(bitPattern: try integer(field))
    }

    /// One byte that is 0 or 1.
    public mutating func bool(_ field: String) throws(ByteReaderError) -> Bool {
        let start = offset
        switch try uint8(field) {
        case 0: return false
        case 1: return true
        case let other: throw ByteReaderError(field, at: start, "is \(other), neither 0 nor 1")
        }
    }

    public mutating func bytes(_ field: String, count: Int) throws(ByteReaderError) -> [UInt8] {
        let start = try take(count, field)
        return Array(bytes[start..<start + count])
    }

    /// Throws where fewer bytes follow; nothing is read.
    public func require(_ field: String, bytes count: Int) throws(ByteReaderError) {
        guard count <= remaining else {
            throw ByteReaderError(field, at: offset, "needs \(count) bytes and \(remaining) follow")
        }
    }

    /// A text of at most `maxLength` UTF-8 bytes behind its 16-bit length.
    public mutating func string(_ field: String, maxLength: Int) throws(ByteReaderError) -> String {
        let start = offset
        let length = Int(try uint16(field))
        guard length <= maxLength else {
            throw ByteReaderError(field, at: start, "has \(length) bytes, more than \(maxLength)")
        }
        return try text(field, count: length)
    }

    /// `count` bytes of UTF-8.
    public mutating func text(_ field: String, count: Int) throws(ByteReaderError) -> String {
        let start = try take(count, field)
        let utf8 = bytes[start..<start + count]
        let text = String(decoding: utf8, as: UTF8.self)
        // Decoding mends what is malformed; then the bytes differ.
        guard text.utf8.elementsEqual(utf8) else { throw ByteReaderError(field, at: start, "is not UTF-8") }
        return text
    }

    /// Checks how many elements of at least `elementBytes` bytes each are said to follow, before anything is allocated
    /// for them.
    public func checkCount(_ field: String, _ count: Int, limit: Int, elementBytes: Int) throws(ByteReaderError) {
        guard count <= limit else { throw ByteReaderError(field, at: offset, "are \(count), more than \(limit)") }
        let (needed, overflow) = count.multipliedReportingOverflow(by: elementBytes)
        guard !overflow && needed <= remaining else {
            throw ByteReaderError(field, at: offset, "are said to be \(count) and only \(remaining) bytes follow")
        }
    }

    /// An error for a value that was just read.
    public func invalid(_ field: String, _ problem: String) -> ByteReaderError {
        ByteReaderError(field, at: offset, problem)
    }

    /// Nothing may follow any more.
    public func finish() throws(ByteReaderError) {
        guard remaining == 0 else {
            throw ByteReaderError("end", at: offset, "is expected and \(remaining) bytes follow")
        }
    }

    private mutating func integer<Value: FixedWidthInteger>(_ field: String) throws(ByteReaderError) -> Value {
        let start = try take(MemoryLayout<Value>.size, field)
        return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: Value.self)) }
    }

    /// Where the next `count` bytes start.
    private mutating func take(_ count: Int, _ field: String) throws(ByteReaderError) -> Int {
        guard count >= 0 && count <= remaining else {
            throw ByteReaderError(field, at: offset, "needs \(count) bytes and \(remaining) follow")
        }
        defer { offset += count }
        return offset
    }
}

/// Bytes that are not what they should be: which field, where, and what is wrong with it.
public struct ByteReaderError: Error, Sendable, Hashable, CustomStringConvertible {
    public var field: String
    /// From the start of what was read.
    public var offset: Int
    public var problem: String

    public init(_ field: String, at offset: Int, _ problem: String) {
        self.field = field
        self.offset = offset
        self.problem = problem
    }

    public var description: String { "\(field) at byte \(offset) \(problem)" }
}
