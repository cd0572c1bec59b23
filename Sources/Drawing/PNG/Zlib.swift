/// The zlib format (RFC 1950): a header, a deflate stream, the check sum of what was compressed.
enum Zlib {
    static func compress(_ data: [UInt8]) -> [UInt8] {
        // Deflate with a window of 32 KiB, the default level; the two bytes are a multiple of 31.
        [0x78, 0x9c] + Deflate.compress(data) + PNGEncoder.bigEndian(adler32(data))
    }

    static func adler32(_ data: [UInt8]) -> UInt32 {
        var (low, high) = (UInt32(1), UInt32(0))
        var place = 0
        while place < data.count {
            // So many additions stay below 2^32.
            let end = min(place + 5552, data.count)
            for byte in data[place..<end] {
                low += UInt32(byte)
                high += low
            }
            low %= 65521
            high %= 65521
            place = end
        }
        return high << 16 | low
    }
}
