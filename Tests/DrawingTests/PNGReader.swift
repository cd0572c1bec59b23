/// What a PNG file of 8 bits a sample holds, read by the specification.
struct PNGReader {
    let width: Int
    let height: Int
    let colorType: UInt8
    let palette: [UInt8]
    /// Samples, rows from the top: 3 a pixel, or places in the palette.
    let samples: [UInt8]

    init(_ file: [UInt8]) throws {
        guard file.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) else {
            throw Inflate.Damage(what: "signature")
        }
        var chunks: [(name: String, data: [UInt8])] = []
        var place = 8
        while place < file.count {
            let count = file[place..<place + 4].reduce(0) { $0 * 256 + Int($1) }
            let body = Array(file[place + 4..<place + 8 + count])
            let sum = file[place + 8 + count..<place + 12 + count].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard sum == Self.crc(body) else { throw Inflate.Damage(what: "check sum of a chunk") }
            chunks.append((String(decoding: body[..<4], as: UTF8.self), Array(body[4...])))
            place += 12 + count
        }
        let header = chunks[0].data
        guard chunks[0].name == "IHDR", header.count == 13, header[8] == 8, header[10...] == [0, 0, 0],
            chunks.last?.name == "IEND", chunks.last?.data == []
        else { throw Inflate.Damage(what: "chunks") }
        width = header[..<4].reduce(0) { $0 * 256 + Int($1) }
        height = header[4..<8].reduce(0) { $0 * 256 + Int($1) }
        colorType = header[9]
        palette = chunks.first { $0.name == "PLTE" }?.data ?? []
        let pixelBytes = colorType == 3 ? 1 : 3
        let rows = try Inflate.zlib(chunks.filter { $0.name == "IDAT" }.flatMap(\.data))
        guard rows.count == (width * pixelBytes + 1) * height else { throw Inflate.Damage(what: "number of samples") }
        samples = Self.unfiltered(rows, rowBytes: width * pixelBytes, pixelBytes: pixelBytes)
    }

    private static func unfiltered(_ rows: [UInt8], rowBytes: Int, pixelBytes: Int) -> [UInt8] {
        var samples: [UInt8] = []
        for start in stride(from: 0, to: rows.count, by: rowBytes + 1) {
            let row = samples.count
            for x in 0..<rowBytes {
                let left = x < pixelBytes ? 0 : Int(samples[row + x - pixelBytes])
                let up = row == 0 ? 0 : Int(samples[row + x - rowBytes])
                let corner = row == 0 || x < pixelBytes ? 0 : Int(samples[row + x - rowBytes - pixelBytes])
                let prediction: Int
                switch rows[start] {
                case 0: prediction = 0
                case 1: prediction = left
                case 2: prediction = up
                case 3: prediction = (left + up) / 2
                default:
                    let p = left + up - corner
                    let nearest = [left, up, corner].map { abs(p - $0) }
                    prediction = [left, up, corner][nearest.firstIndex(of: nearest.min()!)!]
                }
                samples.append(rows[start + 1 + x] &+ UInt8(prediction))
            }
        }
        return samples
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value = ~UInt32(0)
        for byte in bytes {
            for bit in 0..<8 {
                let isSet = (value ^ UInt32(byte) >> UInt32(bit)) & 1 == 1
                value = value >> 1 ^ (isSet ? 0xedb8_8320 : 0)
            }
        }
        return ~value
    }
}
