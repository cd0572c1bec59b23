import Dataset
import Testing

@Suite struct JPEGEncoderTests {
    @Test func startsAndEndsAsAJPEGFile() throws {
        let image = RGBImage(width: 5, height: 3, pixels: [UInt8](repeating: 200, count: 45))
        for subsampling in [JPEGEncoder.Subsampling.quarter, .full] {
            let bytes = try JPEGEncoder.encode(image, quality: 80, subsampling: subsampling)
            #expect(bytes.prefix(3) == [0xFF, 0xD8, 0xFF])
            #expect(bytes.suffix(2) == [0xFF, 0xD9])
        }
    }

    @Test func refusesASideThatJPEGCannotName() {
        let image = RGBImage(width: 65_501, height: 1, pixels: [UInt8](repeating: 0, count: 65_501 * 3))
        #expect(throws: DatasetError.self) { try JPEGEncoder.encode(image, quality: 80) }
    }
}
