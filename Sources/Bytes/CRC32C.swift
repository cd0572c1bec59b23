import CKernels

/// The CRC-32C checksum (Castagnoli polynomial, RFC 3720 appendix B.4), with the processor's instruction where it has
/// one. It finds accidents, not intent: for that there is `HMACSHA256`.
public enum CRC32C {
    /// The checksum of bytes that follow those whose checksum is `seed`.
    public static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return seed }
        return ck_crc32c(seed, start, bytes.count)
    }

    public static func checksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0, seed: seed) }
    }

    /// The same in plain C whatever the processor.
    package static func portableChecksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { $0.baseAddress.map { ck_crc32c_portable(seed, $0, bytes.count) } ?? seed }
    }
}
