import Bytes
import Dataset

/// Pictures to PNG files (ISO/IEC 15948): 8 bits, not interlaced, no time and no text, so that the same picture gives the
/// same bytes.
public enum PNGEncoder {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    private enum ColorType {
        static let rgb: UInt8 = 2
        static let palette: UInt8 = 3
    }

    public static func encode(_ image: RGBImage) -> [UInt8] {
        file(
            width: image.width, height: image.height, colorType: ColorType.rgb, palette: [],
            rows: PNGFilter.filtered(image.pixels, rowBytes: image.width * 3, pixelBytes: 3))
    }

    /// - Parameters:
    ///   - indexed: [height][width] places in the palette.
    ///   - palette: 1...256 colours.
    public static func encode(indexed: [UInt8], palette: [RGBColor], width: Int, height: Int) -> [UInt8] {
        precondition(width > 0 && height > 0 && indexed.count == width * height, "pixels do not fill the picture")
        precondition((1...256).contains(palette.count), "a palette has 1 to 256 colours")
        precondition(indexed.allSatisfy { Int($0) < palette.count }, "a pixel's colour is not in the palette")
        return file(
            width: width, height: height, colorType: ColorType.palette, palette: palette,
            rows: PNGFilter.filtered(indexed, rowBytes: width, pixelBytes: 1))
    }

    private static func file(width: Int, height: Int, colorType: UInt8, palette: [RGBColor], rows: [UInt8]) -> [UInt8] {
        var file = signature
        let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, colorType, 0, 0, 0]
        append("IHDR", header, to: &file)
        if !palette.isEmpty { append("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] }, to: &file) }
        append("IDAT", Zlib.compress(rows), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    private static func append(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
        let body = Array(type.utf8) + data
        file += bigEndian(UInt32(data.count)) + body + bigEndian(CRC32.checksum(body))
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}
