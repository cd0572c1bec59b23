/// Bits into bytes, the lowest first, as deflate packs them.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var bits: UInt64 = 0
    private var count = 0

    /// The lowest `width` bits of a value, at most 32.
    mutating func append(_ value: Int, width: Int) {
        bits |= UInt64(value) << UInt64(count)
        count += width
        while count >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            count -= 8
        }
    }

    /// Zeros up to the next byte.
    mutating func align() {
        if count > 0 { append(0, width: 8 - count) }
    }

    /// Precondition: aligned.
    mutating func append(_ whole: ArraySlice<UInt8>) {
        precondition(count == 0, "bytes begin at a byte")
        bytes += whole
    }
}
