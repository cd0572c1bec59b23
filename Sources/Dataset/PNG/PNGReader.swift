import CKernels

/// PNG files (ISO/IEC 15948) as shades of gray, as masks are kept: gray and palettes of 1, 2, 4 and 8 bits, RGB and alpha of
/// 8, with every filter, interlaced or not. Colours become gray by Pillow's weights; transparency and what the file says of
/// colour spaces are ignored. 16 bits a sample are refused.
///
/// Memory: the file's, the samples' and the picture's; a file too short for the size that it declares is refused before.
public enum PNGReader {
    /// - Parameter file: names the file in errors, which are `DatasetError.field`: damaged in any way, of another kind, more than
    ///   64 Mi pixels.
    public static func gray(_ bytes: [UInt8], file: String) throws(DatasetError) -> GrayImage {
        let chunks = try PNGChunks(bytes, file: file)
        let header = chunks.header
        var rows = try unpacked(chunks, file: file)
        let palette = grays(of: chunks.palette)
        var wrongFilter: UInt8?
        var wrongColor: Int?
        let count = header.width * header.height
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
            rows.withUnsafeMutableBufferPointer { rows in
                var start = rows.baseAddress!
                for pass in header.passes where wrongFilter == nil && wrongColor == nil {
                    let filtered = PNGRows(rowBytes: pass.rowBytes, pixelBytes: header.pixelBytes)
                    wrongFilter = filtered.unfilter(start, count: pass.height)
                    if wrongFilter == nil {
                        wrongColor = spread(pass, of: header, start, palette, into: pixels.baseAddress!)
                    }
                    start += (pass.rowBytes + 1) * pass.height
                }
            }
            initialized = wrongFilter == nil && wrongColor == nil ? count : 0
        }
        if let wrongFilter {
            throw .field(
                file: file, line: nil, field: "filter of a row", found: "\(wrongFilter)", expected: "0 to 4")
        }
        if let wrongColor {
            throw .field(
                file: file, line: nil, field: "pixel", found: "colour \(wrongColor) of the palette",
                expected: "one of its \(palette.count)")
        }
        return GrayImage(width: header.width, height: header.height, pixels: pixels)
    }

    /// The filtered rows that the zlib stream holds (RFC 1950).
    private static func unpacked(_ chunks: PNGChunks, file: String) throws(DatasetError) -> [UInt8] {
        func failure(_ found: String, _ expected: String) -> DatasetError {
            .field(file: file, line: nil, field: "IDAT", found: found, expected: expected)
        }
        let data = chunks.data
        let count = chunks.header.byteCount
        guard data.count > 6, data[0] & 15 == 8, (Int(data[0]) << 8 | Int(data[1])) % 31 == 0, data[1] & 32 == 0 else {
            throw failure("\(data.count) bytes that do not begin as a zlib stream", "deflate without a dictionary")
        }
        // Deflate makes at most 258 bytes of two bits.
        guard data.count * 1032 >= count else {
            throw failure("\(data.count) bytes", "at least \(count / 1032 + 1) for the size that IHDR says")
        }
        var status = CK_INFLATE_DONE
        var (used, made) = (0, 0)
        let rows = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            status = data.withUnsafeBytes {
                ck_inflate($0.baseAddress! + 2, $0.count - 2, target.baseAddress!, count, &used, &made)
            }
            initialized = made
        }
        switch status {
        case CK_INFLATE_DONE: break
        case CK_INFLATE_TRUNCATED: throw failure("the end of the data", "\(count) bytes of rows")
        case CK_INFLATE_TOO_LONG: throw failure("more than \(count) bytes of rows", "as many as IHDR says")
        default: throw failure("damaged data", "a deflate stream")
        }
        guard made == count else { throw failure("\(made) bytes of rows", "\(count), as IHDR says") }
        let end = 2 + used
        guard data.count - end >= 4 else { throw failure("the end of the data", "its checksum") }
        guard data[end..<end + 4].reduce(0, { $0 << 8 | UInt32($1) }) == Adler32.checksum(rows) else {
            throw failure("another checksum than the rows have", "an undamaged file")
        }
        return rows
    }

    /// Of each colour of a palette.
    private static func grays(of palette: [UInt8]) -> [UInt8] {
        stride(from: 0, to: palette.count, by: 3).map { luma(palette[$0], palette[$0 + 1], palette[$0 + 2]) }
    }

    /// .299, .587 and .114 in units of 2^-16, rounded.
    @inline(__always)
    private static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let sum: UInt32 = UInt32(red) &* 19595 &+ UInt32(green) &* 38470 &+ UInt32(blue) &* 7471
        return UInt8(truncatingIfNeeded: (sum &+ 0x8000) >> 16)
    }

    /// Puts a pass's pixels where they belong in the picture.
    /// - Returns: nil, or a place in the palette that there is not.
    private static func spread(
        _ pass: PNGHeader.Pass, of header: PNGHeader, _ rows: UnsafePointer<UInt8>, _ palette: [UInt8],
        into pixels: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        let (color, depth) = (header.color, header.depth)
        let largest = 1 << depth - 1
        // White is the largest sample.
        let scale = UInt8(255 / largest)
        for row in 0..<pass.height {
            let line = rows + row * (pass.rowBytes + 1) + 1
            let target = pixels + (pass.y + row * pass.stepY) * header.width + pass.x
            for column in 0..<pass.width {
                let value: UInt8
                switch color {
                case .gray, .palette:
                    let sample =
                        depth == 8
                        ? Int(line[column])
                        : (Int(line[(column * depth) >> 3]) >> (8 - depth - (column * depth) & 7)) & largest
                    if color == .gray {
                        value = UInt8(sample) &* scale
                    } else {
                        guard sample < palette.count else { return sample }
                        value = palette[sample]
                    }
                case .grayAlpha: value = line[column * 2]
                case .rgb: value = luma(line[column * 3], line[column * 3 + 1], line[column * 3 + 2])
                case .rgbAlpha: value = luma(line[column * 4], line[column * 4 + 1], line[column * 4 + 2])
                }
                target[column * pass.stepX] = value
            }
        }
        return nil
    }
}
