/// What the first chunk of a PNG file, IHDR, says of the picture behind it.
struct PNGHeader: Hashable {
    /// What a pixel is made of; the raw values are the format's.
    enum Color: UInt8, CaseIterable {
        case gray = 0
        case rgb = 2
        case palette = 3
        case grayAlpha = 4
        case rgbAlpha = 6

        var samples: Int {
            switch self {
            case .gray, .palette: 1
            case .grayAlpha: 2
            case .rgb: 3
            case .rgbAlpha: 4
            }
        }

        /// The bits of a sample that the format has for it, without 16, which is not read.
        var depths: [UInt8] {
            switch self {
            case .gray, .palette: [1, 2, 4, 8]
            case .rgb, .grayAlpha, .rgbAlpha: [8]
            }
        }

        var name: String {
            switch self {
            case .gray: "gray"
            case .rgb: "RGB"
            case .palette: "a palette"
            case .grayAlpha: "gray with alpha"
            case .rgbAlpha: "RGB with alpha"
            }
        }
    }

    /// In pixels.
    let width: Int
    let height: Int
    let color: Color
    /// Bits of a sample: 1, 2, 4 or 8.
    let depth: Int
    /// In seven passes (Adam7).
    let isInterlaced: Bool

    /// As of a JPEG picture: what is larger is refused before memory is asked for.
    static let largestPixels = 64 << 20
    private static let sides = 1...65_535

    /// `body` is the chunk's, `file` names the file in errors, which are `DatasetError.field`.
    init(_ body: ArraySlice<UInt8>, file: String) throws(DatasetError) {
        func failure(_ field: String, _ found: String, _ expected: String) -> DatasetError {
            .field(file: file, line: nil, field: field, found: found, expected: expected)
        }
        let bytes = Array(body)
        guard bytes.count == 13 else { throw failure("IHDR", "\(bytes.count) bytes", "13") }
        func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        (width, height) = (number(0), number(4))
        guard Self.sides.contains(width), Self.sides.contains(height), width * height <= Self.largestPixels else {
            throw failure(
                "IHDR size", "\(width) x \(height) pixels",
                "sides of 1 to \(Self.sides.upperBound) and at most \(Self.largestPixels) pixels")
        }
        guard let color = Color(rawValue: bytes[9]) else {
            throw failure("IHDR colour type", "\(bytes[9])", "0, 2, 3, 4 or 6")
        }
        guard color.depths.contains(bytes[8]) else {
            throw failure(
                "IHDR bit depth", "\(bytes[8]) for \(color.name)",
                color.depths.map(String.init).joined(separator: ", ") + ": convert it to 8-bit gray")
        }
        guard bytes[10] == 0 else { throw failure("IHDR compression", "\(bytes[10])", "0, deflate") }
        guard bytes[11] == 0 else { throw failure("IHDR filter method", "\(bytes[11])", "0") }
        guard bytes[12] <= 1 else { throw failure("IHDR interlace", "\(bytes[12])", "0 or 1, Adam7") }
        self.color = color
        depth = Int(bytes[8])
        isInterlaced = bytes[12] == 1
    }

    /// One of the pictures that are written one after the other: the whole, or pixels of it that lie regularly apart.
    struct Pass: Hashable {
        /// The place of its first pixel in the whole, and how far apart its pixels lie there.
        var x: Int
        var y: Int
        var stepX: Int
        var stepY: Int
        /// In pixels; neither is 0.
        var width: Int
        var height: Int
        /// Without the byte in front that says the filter.
        var rowBytes: Int
    }

    /// In the file's order; those without a pixel are not written and left out.
    var passes: [Pass] {
        let steps =
            isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)]
        return steps.compactMap { x, y, stepX, stepY in
            guard x < width, y < height else { return nil }
            let (columns, rows) = ((width - x + stepX - 1) / stepX, (height - y + stepY - 1) / stepY)
            return Pass(
                x: x, y: y, stepX: stepX, stepY: stepY, width: columns, height: rows,
                rowBytes: (columns * color.samples * depth + 7) / 8)
        }
    }

    /// Of all rows with their filters.
    var byteCount: Int { passes.reduce(0) { $0 + ($1.rowBytes + 1) * $1.height } }

    /// How far back a filter looks for the pixel on the left.
    var pixelBytes: Int { max(1, color.samples * depth / 8) }
}
