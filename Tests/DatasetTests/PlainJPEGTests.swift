import Bytes
import CKernels
import Dataset
import Foundation
import Testing

/// The package's own decoder of plain files gives what libjpeg-turbo gives, and damaged files go to libjpeg.
@Suite struct PlainJPEGTests {
    private static let isas = [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_NEON].filter { ck_isa_available($0) != 0 }

    /// The picture, or the error's text.
    private static func decode(_ file: [UInt8], with reader: JPEGReader) -> Result<RGBImage, Refusal> {
        do {
            return .success(try file.withUnsafeBytes { try JPEGDecoder.decode($0, name: "x", with: reader) })
        } catch {
            return .failure(Refusal(text: String(describing: error)))
        }
    }

    private struct Refusal: Error, Equatable {
        let text: String
    }

    /// Noise, smooth waves, or tiles of pure colours, whose coefficients are the largest that there are.
    private static func picture(_ random: inout SplitMix64) -> RGBImage {
        let (width, height) = (Int.random(in: 1...90, using: &random), Int.random(in: 1...90, using: &random))
        let kind = Int.random(in: 0..<3, using: &random)
        let tile = Int.random(in: 1...9, using: &random)
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<3 {
                    switch kind {
                    case 0: pixels.append(UInt8.random(in: 0...255, using: &random))
                    case 1: pixels.append(UInt8(127 + 120 * sin(Double(x * (channel + 1) + y * tile) / 9)))
                    default: pixels.append((x / tile + y / tile + channel * y) % 2 == 0 ? 0 : 255)
                    }
                }
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    @Test func encodedPicturesDecodeAsWithLibjpeg() throws {
        let reference = JPEGReader(plain: false)
        let readers = Self.isas.map { JPEGReader(isa: $0) }
        for seed in 0..<400 * fuzzRounds {
            var random = SplitMix64(seed: UInt64(seed))
            let file = try JPEGEncoder.encode(
                Self.picture(&random), quality: Int.random(in: 1...100, using: &random),
                subsampling: Bool.random(using: &random) ? .full : .quarter)
            let expected = try Self.decode(file, with: reference).get()
            for reader in readers {
                #expect(try Self.decode(file, with: reader).get() == expected, "seed \(seed)")
            }
        }
    }

    /// What is wanted of a picture does not depend on what is not.
    @Test func aWindowIsThatOfTheWholePicture() throws {
        let readers = Self.isas.map { JPEGReader(isa: $0) } + [JPEGReader(plain: false)]
        for seed in 0..<600 * fuzzRounds {
            var random = SplitMix64(seed: UInt64(seed))
            let picture = Self.picture(&random)
            let file = try JPEGEncoder.encode(
                picture, quality: Int.random(in: 1...100, using: &random),
                subsampling: Bool.random(using: &random) ? .full : .quarter)
            let columns = Self.range(of: picture.width, &random)
            let rows = Self.range(of: picture.height, &random)
            let expected = Self.cut(try Self.decode(file, with: readers.last!).get().pixels, picture, columns, rows)
            for reader in readers {
                var pixels = [UInt8](repeating: 7, count: picture.pixels.count)
                try file.withUnsafeBytes { bytes in
                    _ = try reader.open(bytes, name: "x")
                    reader.want(columns: columns, rows: rows)
                    try pixels.withUnsafeMutableBufferPointer {
                        try reader.read($0.baseAddress!, stride: picture.width * 3, rows: picture.height)
                    }
                    reader.close()
                }
                #expect(Self.cut(pixels, picture, columns, rows) == expected, "seed \(seed) \(columns) \(rows)")
            }
        }
    }

    private static func range(of count: Int, _ random: inout SplitMix64) -> Range<Int> {
        // One pixel, often at an end, is where upsampling has the fewest samples.
        let first = Bool.random(using: &random) ? 0 : Int.random(in: 0..<count, using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 { return first..<first + 1 }
        return first..<Int.random(in: first + 1...count, using: &random)
    }

    private static func cut(_ pixels: [UInt8], _ picture: RGBImage, _ columns: Range<Int>, _ rows: Range<Int>)
        -> [UInt8]
    {
        rows.flatMap { y in
            pixels[(y * picture.width + columns.lowerBound) * 3..<(y * picture.width + columns.upperBound) * 3]
        }
    }

    @Test func mutatedFilesEndAsWithLibjpeg() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: TestFiles.golden.path).sorted()
            .filter { $0.hasSuffix(".jpg") }.map { try TestFiles.bytes(TestFiles.golden.appending(path: $0)) }
            .filter { $0.count < 12_000 }
        let reference = JPEGReader(plain: false)
        let readers = Self.isas.map { JPEGReader(isa: $0) }
        var accepted = 0
        for seed in 0..<1_500 * fuzzRounds {
            var random = SplitMix64(seed: UInt64(seed))
            var file = files[seed % files.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                file[Int.random(in: 170..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let expected = Self.decode(file, with: reference)
            if case .success = expected { accepted += 1 }
            for reader in readers {
                #expect(Self.decode(file, with: reader) == expected, "seed \(seed)")
            }
        }
        #expect(accepted > 500)
    }
}
