import Bytes

/// Reads a part of a mapped file forwards, or of what was decompressed from it; every access is checked against the
/// part's end. The bytes' owner must outlive it: see `WeightFileContents.read`.
struct ByteCursor {
    let path: String
    private let bytes: UnsafeRawBufferPointer
    /// The next byte, counted from the start of the file.
    private(set) var position: Int
    let end: Int

    /// `range` must lie within the file.
    init(_ file: MappedFile, in range: Range<Int>) {
        self.init(path: file.path, bytes: file.bytes, in: range)
    }

    /// Over the whole of what was decompressed from the file.
    init(_ bytes: InflatedBytes, path: String) {
        self.init(path: path, bytes: bytes.bytes, in: 0..<bytes.bytes.count)
    }

    private init(path: String, bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.path = path
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// Another part of the same bytes.
    func part(_ range: Range<Int>) -> ByteCursor {
        ByteCursor(path: path, bytes: bytes, in: range)
    }

    var remaining: Int { end - position }

    /// The next byte, not consumed; nil at the end.
    var next: UInt8? { position < end ? bytes[position] : nil }

    /// Consumes `count` bytes and says where they lie in the file.
    mutating func take(_ count: Int, _ what: StaticString) throws(WeightError) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw .truncated(path: path, byte: position, what: "\(what)", needed: max(count, 0), found: remaining)
        }
        let range = position..<position + count
        position = range.upperBound
        return range
    }

    /// Consumes the byte that `next` shows; there must be one.
    mutating func skipByte() {
        precondition(position < end)
        position += 1
    }

    mutating func byte(_ what: StaticString) throws(WeightError) -> UInt8 {
        bytes[try take(1, what).lowerBound]
    }

    /// A little-endian integer.
    mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ what: StaticString) throws(WeightError) -> T {
        let range = try take(MemoryLayout<T>.size, what)
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: T.self))
    }

    /// A little-endian unsigned integer that counts or places something; throws where it exceeds Int.
    mutating func size<T: FixedWidthInteger & UnsignedInteger>(
        _ type: T.Type, _ what: StaticString
    ) throws(WeightError) -> Int {
        let start = position
        let value = try integer(type, what)
        guard let size = Int(exactly: value) else {
            throw .malformed(path: path, byte: start, problem: "\(what) is \(value), out of any file's range")
        }
        return size
    }

    func contents(of range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    func malformed(_ problem: String, at byte: Int? = nil) -> WeightError {
        .malformed(path: path, byte: byte ?? position, problem: problem)
    }
}
