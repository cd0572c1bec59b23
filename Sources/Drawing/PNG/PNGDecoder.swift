import Bytes
import CKernels
import Dataset

/// Reads PNG files of the kind that `PNGEncoder` writes: 8 bits a sample, RGB or a palette, not interlaced. The file may be
/// anybody's: what is not such a file, or not of the size that is asked for, gives nil.
public enum PNGDecoder {
    public static func decode(_ file: [UInt8], width: Int, height: Int) -> (image: RGBImage, isIndexed: Bool)? {
        guard width > 0, height > 0, PNGStructure.size(of: file).map({ $0 == (width, height) }) == true else {
            return nil
        }
        var palette: [UInt8] = []
        var header: [UInt8] = []
        var data: [UInt8] = []
        // The structure was looked at: lengths lead from chunk to chunk.
        var place = PNGEncoder.signature.count
        while place + 12 <= file.count {
            let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let body = file[place + 8..<place + 8 + length]
            switch String(decoding: file[place + 4..<place + 8], as: UTF8.self) {
            case "IHDR": header = Array(body)
            case "PLTE": palette = Array(body)
            case "IDAT": data += body
            default: break
            }
            place += 12 + length
        }
        guard header.count == 13, header[8] == 8, header[10...].allSatisfy({ $0 == 0 }),
            header[9] == 2 || header[9] == 3
        else { return nil }
        let isIndexed = header[9] == 3
        let pixelBytes = isIndexed ? 1 : 3
        let rowBytes = width * pixelBytes
        guard let rows = unpacked(data, count: (rowBytes + 1) * height),
            let samples = unfiltered(rows, rowBytes: rowBytes, pixelBytes: pixelBytes)
        else { return nil }
        guard isIndexed else { return (RGBImage(width: width, height: height, pixels: samples), false) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(samples.count * 3)
        for sample in samples {
            let color = Int(sample) * 3
            guard color + 3 <= palette.count else { return nil }
            pixels += palette[color..<color + 3]
        }
        return (RGBImage(width: width, height: height, pixels: pixels), true)
    }

    /// Of a zlib stream; nil where it does not hold exactly so many bytes.
    private static func unpacked(_ data: [UInt8], count: Int) -> [UInt8]? {
        guard data.count > 6, data[0] & 15 == 8, (Int(data[0]) << 8 | Int(data[1])) % 31 == 0, data[1] & 32 == 0 else {
            return nil
        }
        let stream = data[2..<data.count - 4]
        var made = 0
        let rows = [UInt8](unsafeUninitializedCapacity: count) { target, used in
            var read = 0
            let status = stream.withUnsafeBytes {
                ck_inflate($0.baseAddress, $0.count, target.baseAddress, count, &read, &made)
            }
            if status != CK_INFLATE_DONE { made = 0 }
            used = made
        }
        return made == count ? rows : nil
    }

    private static func unfiltered(_ rows: [UInt8], rowBytes: Int, pixelBytes: Int) -> [UInt8]? {
        var samples: [UInt8] = []
        samples.reserveCapacity(rows.count)
        for start in stride(from: 0, to: rows.count, by: rowBytes + 1) {
            let row = samples.count
            let kind = rows[start]
            guard kind <= 4 else { return nil }
            for x in 0..<rowBytes {
                let left = x < pixelBytes ? 0 : samples[row + x - pixelBytes]
                let up = row == 0 ? 0 : samples[row + x - rowBytes]
                let corner = row == 0 || x < pixelBytes ? 0 : samples[row + x - rowBytes - pixelBytes]
                let prediction: UInt8 =
                    switch kind {
                    case 0: 0
                    case 1: left
                    case 2: up
                    case 3: UInt8((Int(left) + Int(up)) / 2)
                    default: PNGFilter.paeth(left, up, corner)
                    }
                samples.append(rows[start + 1 + x] &+ prediction)
            }
        }
        return samples
    }
}
