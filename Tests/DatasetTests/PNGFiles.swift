import Bytes

/// PNG files of whatever is asked for, good or not; the rows are stored, not packed.
enum PNGFiles {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    static func header(
        _ width: Int, _ height: Int, depth: UInt8 = 8, color: UInt8 = 0, interlace: UInt8 = 0
    ) -> [UInt8] {
        bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [depth, color, 0, 0, interlace]
    }

    /// - Parameter rows: each behind its filter's number.
    static func file(_ header: [UInt8], palette: [UInt8] = [], rows: [UInt8]) -> [UInt8] {
        signature + chunk("IHDR", header) + (palette.isEmpty ? [] : chunk("PLTE", palette)) + chunk("IDAT", zlib(rows))
            + chunk("IEND", [])
    }

    static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        bigEndian(UInt32(body.count)) + name.utf8 + body + bigEndian(crc(Array(name.utf8) + body))
    }

    static func zlib(_ rows: [UInt8], checksum: UInt32? = nil) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var place = 0
        repeat {
            let part = rows[place..<min(place + 65535, rows.count)]
            place += part.count
            let count = UInt16(part.count)
            stream.append(place == rows.count ? 1 : 0)
            for value in [count, ~count] { stream += [UInt8(value & 255), UInt8(value >> 8)] }
            stream += part
        } while place < rows.count
        return stream + bigEndian(checksum ?? adler(rows))
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }

    static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
