import CKernels

/// The SHA-256 digest of a stream of bytes (FIPS 180-4), with the processor's SHA instructions where it has them.
public struct SHA256: Sendable {
    /// A digest's length in bytes.
    public static let byteCount = 32

    package enum Implementation: CaseIterable, Sendable {
        case portable
        case best
    }

    private var digest = ck_sha256()
    private let implementation: Implementation

    public init() {
        self.init(implementation: .best)
    }

    package init(implementation: Implementation) {
        self.implementation = implementation
        ck_sha256_init(&digest, implementation == .portable ? 1 : 0)
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        ck_sha256_update(&digest, bytes.baseAddress, bytes.count)
    }

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Absorbs the text's UTF-8 bytes.
    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The digest's 32 bytes. The value starts anew afterwards.
    public mutating func finalize() -> [UInt8] {
        let result = [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, count in
            ck_sha256_final(&digest, buffer.baseAddress)
            count = SHA256.byteCount
        }
        ck_sha256_init(&digest, implementation == .portable ? 1 : 0)
        return result
    }

    /// The digest as 64 lowercase hexadecimal digits. The value starts anew afterwards.
    public mutating func finalizeHex() -> String {
        SHA256.hexadecimal(finalize())
    }

    /// The digest of `bytes` as 64 lowercase hexadecimal digits.
    public static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finalizeHex()
    }

    public static func hex(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { hex($0) }
    }

    public static func hex(_ text: String) -> String {
        var digest = SHA256()
        digest.update(text)
        return digest.finalizeHex()
    }

    /// Bytes as lowercase hexadecimal digits, two a byte.
    public static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
