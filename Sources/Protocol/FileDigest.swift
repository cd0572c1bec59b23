import Bytes

/// Which file a result was made from: its length and its SHA-256, 40 bytes.
public struct FileDigest: Sendable, Hashable, CustomStringConvertible {
    public let byteCount: UInt64
    /// The digest's bytes, eight in each, the first in the highest bits.
    private let words: Words

    private struct Words: Sendable, Hashable {
        var first: UInt64
        var second: UInt64
        var third: UInt64
        var fourth: UInt64
    }

    static let encodedBytes = 8 + SHA256.byteCount

    /// Of a file's bytes.
    public init(of bytes: UnsafeRawBufferPointer) {
        var digest = SHA256()
        digest.update(bytes)
        self.init(byteCount: UInt64(bytes.count), sha256: digest.finalize())
    }

    public init(of bytes: [UInt8]) { self = bytes.withUnsafeBytes { FileDigest(of: $0) } }

    /// `sha256` has 32 bytes.
    public init(byteCount: UInt64, sha256: [UInt8]) {
        precondition(sha256.count == SHA256.byteCount, "a SHA-256 has 32 bytes")
        self.byteCount = byteCount
        func word(_ place: Int) -> UInt64 { sha256[place * 8..<place * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        words = Words(first: word(0), second: word(1), third: word(2), fourth: word(3))
    }

    /// Nil for what is not 64 hexadecimal digits.
    public init?(byteCount: UInt64, hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * SHA256.byteCount, digits.allSatisfy({ $0 < 0x80 }) else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(byteCount: byteCount, sha256: bytes)
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { SHA256.hexadecimal(bytes) }

    public var bytes: [UInt8] {
        var writer = ByteWriter(capacity: SHA256.byteCount)
        encodeDigest(into: &writer)
        return writer.bytes
    }

    /// "109527 bytes, SHA-256 597249306c1e"
    public var description: String { "\(byteCount) bytes, SHA-256 \(hex.prefix(12))" }

    public func encode(into writer: inout ByteWriter) {
        writer.append(byteCount)
        encodeDigest(into: &writer)
    }

    private func encodeDigest(into writer: inout ByteWriter) {
        for word in [words.first, words.second, words.third, words.fourth] { writer.append(word.byteSwapped) }
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        byteCount = try reader.uint64("bytes of the file")
        try reader.require("SHA-256 of the file", bytes: SHA256.byteCount)
        words = Words(
            first: try reader.uint64("SHA-256 of the file").byteSwapped,
            second: try reader.uint64("SHA-256 of the file").byteSwapped,
            third: try reader.uint64("SHA-256 of the file").byteSwapped,
            fourth: try reader.uint64("SHA-256 of the file").byteSwapped)
    }
}
