/// HMAC with SHA-256 (RFC 2104, FIPS 198-1): a tag that only who holds the key can make.
///
/// A value that was made for a key and absorbed nothing yet can be copied for each message: the key's two blocks are
/// then absorbed once only.
public struct HMACSHA256: Sendable {
    /// A tag's length in bytes.
    public static let byteCount = SHA256.byteCount
    private static let blockBytes = 64

    /// Has absorbed the key's inner and outer block.
    private var inner = SHA256()
    private var outer = SHA256()
    private let freshInner: SHA256
    private let freshOuter: SHA256

    /// A key longer than a block of 64 bytes is replaced by its digest.
    public init(key: [UInt8]) {
        var block = key
        if key.count > HMACSHA256.blockBytes {
            var digest = SHA256()
            digest.update(key)
            block = digest.finalize()
        }
        block += [UInt8](repeating: 0, count: HMACSHA256.blockBytes - block.count)
        inner.update(block.map { $0 ^ 0x36 })
        outer.update(block.map { $0 ^ 0x5c })
        freshInner = inner
        freshOuter = outer
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) { inner.update(bytes) }
    public mutating func update(_ bytes: [UInt8]) { inner.update(bytes) }
    /// Absorbs the text's UTF-8 bytes.
    public mutating func update(_ text: String) { inner.update(text) }

    /// The tag's 32 bytes. The value starts anew afterwards, under the same key.
    public mutating func finalize() -> [UInt8] {
        outer.update(inner.finalize())
        let tag = outer.finalize()
        inner = freshInner
        outer = freshOuter
        return tag
    }

    /// The tag of the parts, one after the other.
    public static func tag(key: [UInt8], _ parts: [UInt8]...) -> [UInt8] {
        var hmac = HMACSHA256(key: key)
        for part in parts { hmac.update(part) }
        return hmac.finalize()
    }
}
