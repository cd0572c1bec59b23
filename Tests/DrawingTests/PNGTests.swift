import Dataset
import Testing

@testable import Drawing

@Suite struct PNGTests {
    private func noise(_ count: Int, seed: UInt64, range: UInt64 = 256) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 33 % range)
        }
    }

    private func check(_ image: RGBImage) throws {
        let read = try PNGReader(PNGEncoder.encode(image))
        #expect(read.width == image.width && read.height == image.height && read.colorType == 2)
        #expect(read.samples == image.pixels)
    }

    @Test func knownCheckSums() {
        // ISO 3309's and RFC 1950's customary examples.
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(CRC32.checksum(Array("IEND".utf8)) == 0xae42_6082)
        #expect(Zlib.adler32(Array("Wikipedia".utf8)) == 0x11e6_0398)
        #expect(Zlib.adler32([UInt8](repeating: 255, count: 100_000)) == 0x149a_302c)
    }

    /// Checked once with pngcheck 3.0.3 and with Pillow.
    @Test func theBytesOfASmallPictureAreKnown() {
        let image = RGBImage(width: 2, height: 2, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
        let file = PNGEncoder.encode(image).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(file == Self.golden)
    }

    /// Of what somebody else says is a picture.
    @Test func aWholeFileHasItsSizeAndNothingElseHas() {
        let file = PNGEncoder.encode(RGBImage(width: 7, height: 5, pixels: noise(105, seed: 1)))
        #expect(PNGStructure.size(of: file).map { $0 == (7, 5) } == true)
        for count in 0..<file.count { #expect(PNGStructure.size(of: Array(file.prefix(count))) == nil, "\(count)") }
        for place in file.indices {
            var changed = file
            changed[place] ^= 0x40
            #expect(PNGStructure.size(of: changed) == nil, "\(place)")
        }
        #expect(PNGStructure.size(of: file + [0]) == nil)
        let length: [UInt8] = [0xff, 0xff, 0xff, 0xff]
        #expect(PNGStructure.size(of: Array(file.prefix(8)) + length + Array(file.dropFirst(12))) == nil)
    }

    @Test(arguments: [(1, 1), (1, 300), (300, 1), (7, 5), (97, 61)])
    func noiseComesBack(size: (Int, Int)) throws {
        let (width, height) = size
        try check(RGBImage(width: width, height: height, pixels: noise(width * height * 3, seed: UInt64(width))))
    }

    @Test func noiseTakesHardlyMoreThanItHas() {
        let image = RGBImage(width: 200, height: 150, pixels: noise(90_000, seed: 4))
        #expect(PNGEncoder.encode(image).count < 90_000 + 150 + 200)
    }

    @Test func aPictureWithFewColoursComesBackAndIsSmall() throws {
        let pixels = noise(64 * 64, seed: 9, range: 3).flatMap { (level: UInt8) -> [UInt8] in [level * 100, 7, level] }
        let image = RGBImage(width: 64, height: 64, pixels: pixels)
        try check(image)
        #expect(PNGEncoder.encode(image).count < 2400, "12,288 bytes as they are")
    }

    @Test func onePlainColourTakesAFewBytes() throws {
        let image = RGBImage(width: 500, height: 400, pixels: [UInt8](repeating: 77, count: 600_000))
        try check(image)
        #expect(PNGEncoder.encode(image).count < 2500)
    }

    @Test func gradientsComeBackThroughEachFilter() throws {
        var pixels: [UInt8] = []
        for y in 0..<40 {
            for x in 0..<50 {
                pixels += [UInt8(x * 5), UInt8(truncatingIfNeeded: x * y), UInt8(truncatingIfNeeded: 3 * y + x)]
            }
        }
        try check(RGBImage(width: 50, height: 40, pixels: pixels))
    }

    @Test func repetitionsAsFarAsTheWindow() throws {
        let part = noise(32_700, seed: 12)
        let data = part + [1, 2, 3] + part + noise(1000, seed: 13) + part
        #expect(try Inflate.zlib(Zlib.compress(data)) == data)
        let long = [UInt8](repeating: 5, count: 70_000) + noise(70_000, seed: 1)
        #expect(try Inflate.zlib(Zlib.compress(long)) == long)
        #expect(try Inflate.zlib(Zlib.compress([])) == [])
    }

    /// Frequencies like Fibonacci's numbers would give words of 20 bits and more.
    @Test func wordsAreNoLongerThanTheLimit() {
        var frequencies = [1, 1]
        while frequencies.count < 25 { frequencies.append(frequencies.suffix(2).reduce(0, +)) }
        for limit in [7, 15] {
            let code = HuffmanCode(frequencies: frequencies, limit: limit)
            #expect(code.lengths.allSatisfy { (1...UInt8(limit)).contains($0) })
            #expect(code.lengths.reduce(0) { $0 + 1 << (15 - Int($1)) } == 1 << 15, "complete")
        }
    }

    @Test func placesInAPaletteComeBack() throws {
        let places = noise(30 * 20, seed: 2)
        let palette = ColorScale.jet
        let read = try PNGReader(PNGEncoder.encode(indexed: places, palette: palette, width: 30, height: 20))
        #expect(read.colorType == 3 && read.samples == places)
        #expect(read.palette == palette.flatMap { [$0.red, $0.green, $0.blue] })
    }

    private static let golden =
        "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001949444154"
        + "789c1dc3b109000000833057ff3fd84203217852071a2a0319e0f9da190000000049454e44ae426082"
}
