import Bytes
import Dataset
import Foundation
import Testing

@Suite struct PNGReaderTests {
    /// Every kind, filter and interlacing; `Golden/make_png.py` makes the files and has Pillow read them.
    @Test func pixelsAreThoseThatPillowReads() throws {
        let path = TestFiles.golden.appending(path: "png.json").path
        let cases = try #require(
            try JSON.parse(try WholeFile.read(path: path, limit: 1 << 20), source: path).arrayValue)
        #expect(cases.count == 116)
        for entry in cases {
            let name = try #require(entry["name"]?.stringValue)
            let text = try #require(entry["file"]?.stringValue)
            let bytes = try #require(Data(base64Encoded: text))
            let image = try PNGReader.gray(Array(bytes), file: name)
            #expect(image.width == entry["width"]?.intValue && image.height == entry["height"]?.intValue, "\(name)")
            #expect(SHA256.hex(image.pixels) == entry["gray"]?.stringValue, "\(name)")
        }
    }

    @Test func rowsLongerThanAStoredBlockAndAChecksumsRunAreRead() throws {
        let (width, height) = (700, 211)
        let pixels = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let rows = (0..<height).flatMap { [0] + pixels[$0 * width..<($0 + 1) * width] }
        let image = try PNGReader.gray(PNGFiles.file(PNGFiles.header(width, height), rows: rows), file: "x")
        #expect(image == GrayImage(width: width, height: height, pixels: pixels))
    }

    private static let two: [UInt8] = [0, 1, 2, 0, 3, 4]
    private static let good = PNGFiles.file(PNGFiles.header(2, 2), rows: two)
    private static func chunks(_ chunks: [(String, [UInt8])]) -> [UInt8] {
        PNGFiles.signature + chunks.flatMap { PNGFiles.chunk($0.0, $0.1) }
    }
    private static let ihdr = ("IHDR", PNGFiles.header(2, 2))
    private static let idat = ("IDAT", PNGFiles.zlib(two))
    private static let iend = ("IEND", [UInt8]())

    @Test func whatIsNotTakenIsNamed() {
        func header(_ place: Int, _ value: UInt8) -> [UInt8] {
            var header = PNGFiles.header(2, 2)
            header[place] = value
            return PNGFiles.file(header, rows: Self.two)
        }
        var damaged = Self.good
        damaged[damaged.count - 20] ^= 1
        let cases: [([UInt8], String)] = [
            ([], "signature: found an empty file, expected a PNG picture"),
            ([0xff, 0xd8, 0xff, 0xe0], "signature: found a JPEG picture"),
            (Array("mask".utf8), "signature: found 0x6d 0x61 0x73 0x6b"),
            (Array(Self.good.prefix(8)), "chunks: found the end of the file, expected IEND"),
            (Array(Self.good.prefix(40)), "chunks: found the end of the file"),
            (Array(Self.good.prefix(50)), "IDAT: found 5 of its"),
            (Array(Self.good.dropLast(12)), "chunks: found the end of the file, expected IEND"),
            (damaged, "IDAT: found another checksum than its bytes have"),
            (header(8, 16), "IHDR bit depth: found 16 for gray, expected 1, 2, 4, 8: convert it to 8-bit gray"),
            (
                PNGFiles.file(PNGFiles.header(1, 1, depth: 16, color: 6), rows: [0]),
                "IHDR bit depth: found 16 for RGB with alpha, expected 8"
            ),
            (header(9, 1), "IHDR colour type: found 1"), (header(10, 1), "IHDR compression: found 1"),
            (header(11, 9), "IHDR filter method: found 9"), (header(12, 2), "IHDR interlace: found 2"),
            (PNGFiles.file(PNGFiles.header(0, 2), rows: []), "IHDR size: found 0 x 2 pixels"),
            (PNGFiles.file(PNGFiles.header(8193, 8192), rows: []), "IHDR size: found 8193 x 8192 pixels"),
            (PNGFiles.file(PNGFiles.header(0xffff_ffff, 1), rows: []), "IHDR size: found 4294967295 x 1 pixels"),
            (PNGFiles.file(Array(PNGFiles.header(2, 2).dropLast()), rows: Self.two), "IHDR: found 12 bytes"),
            (PNGFiles.file(PNGFiles.header(2, 2), rows: [0, 1, 2, 5, 3, 4]), "filter of a row: found 5"),
            (
                PNGFiles.file(PNGFiles.header(2, 2), rows: Self.two.dropLast()),
                "IDAT: found 5 bytes of rows, expected 6"
            ),
            (PNGFiles.file(PNGFiles.header(2, 2), rows: Self.two + [0]), "IDAT: found more than 6 bytes of rows"),
            (PNGFiles.file(PNGFiles.header(8192, 8192), rows: Self.two), "IDAT: found 17 bytes, expected at least"),
            (Self.chunks([Self.idat, Self.iend]), "chunks: found IDAT first, expected IHDR"),
            (Self.chunks([Self.ihdr, Self.ihdr]), "IHDR: found a second one"),
            (Self.chunks([Self.ihdr, Self.iend]), "IDAT: found none"),
            (Self.chunks([Self.ihdr, ("PLTE", [1, 2])]), "PLTE: found 2 bytes"),
            (
                Self.chunks([Self.ihdr, ("PLTE", [1, 2, 3]), ("PLTE", [1, 2, 3])]), "PLTE: found a second or a late one"
            ),
            (Self.chunks([("IHDR", PNGFiles.header(2, 2, color: 3)), Self.idat, Self.iend]), "PLTE: found none"),
            (
                PNGFiles.file(PNGFiles.header(2, 2, color: 3), palette: [1, 2, 3, 4, 5, 6, 7, 8, 9], rows: Self.two),
                "pixel: found colour 3 of the palette, expected one of its 3"
            ),
            (Self.chunks([Self.ihdr, Self.idat, ("tEXt", []), Self.idat]), "IDAT: found another chunk between"),
            (Self.chunks([Self.ihdr, ("CGBI", []), Self.idat]), "chunks: found CGBI, which is not known"),
            (Self.chunks([Self.ihdr, ("a b!", [])]), "chunk at byte 33: found the type"),
            (
                Self.chunks([Self.ihdr, ("IDAT", Array(PNGFiles.zlib(Self.two).dropLast())), Self.iend]),
                "IDAT: found the end of the data, expected its checksum"
            ),
            (
                Self.chunks([Self.ihdr, ("IDAT", Array(PNGFiles.zlib(Self.two).dropLast(5))), Self.iend]),
                "IDAT: found the end of the data, expected 6 bytes"
            ),
            (
                Self.chunks([Self.ihdr, ("IDAT", PNGFiles.zlib(Self.two, checksum: 7)), Self.iend]),
                "IDAT: found another checksum than the rows have"
            ),
            (
                Self.chunks([Self.ihdr, ("IDAT", [0x78, 0x02] + PNGFiles.zlib(Self.two).dropFirst(2)), Self.iend]),
                "IDAT: found 17 bytes that do not begin as a zlib stream"
            ),
            (
                Self.chunks([Self.ihdr, ("IDAT", [0x78, 0x01, 7] + PNGFiles.zlib(Self.two).dropFirst(3)), Self.iend]),
                "IDAT: found damaged data"
            ),
        ]
        for (bytes, message) in cases {
            #expect {
                _ = try PNGReader.gray(bytes, file: "m.png")
            } throws: {
                "\($0)".hasPrefix("m.png: \(message)")
            }
        }
        // Bytes behind the end, and chunks that only add to the picture, harm nothing.
        #expect(throws: Never.self) { try PNGReader.gray(Self.good + [1, 2, 3], file: "") }
        #expect(throws: Never.self) {
            try PNGReader.gray(Self.chunks([Self.ihdr, ("gAMA", [9]), Self.idat, ("eXIf", []), Self.iend]), file: "")
        }
    }
}
