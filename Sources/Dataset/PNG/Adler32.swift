/// The checksum at the end of a zlib stream (RFC 1950).
enum Adler32 {
    private static let modulus: UInt32 = 65521
    /// So many bytes are added before a sum could leave 32 bits.
    private static let run = 5552

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            while place < bytes.count {
                let end = min(place + run, bytes.count)
                while place < end {
                    low &+= UInt32(bytes[place])
                    high &+= low
                    place += 1
                }
                low %= modulus
                high %= modulus
            }
        }
        return high << 16 | low
    }
}
