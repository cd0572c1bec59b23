import Bytes
import CKernels
import Dataset
import Testing

/// The vector kernels have the bits of the plain reference, for any sizes and any window.
@Suite struct ResizeTests {
    private static let isas = [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON].filter {
        ck_isa_available($0) != 0
    }

    @Test func everyInstructionSetAndWindowGivesTheSameBits() {
        for seed in 0..<300 {
            var random = SplitMix64(seed: UInt64(seed))
            let image = Self.noise(Self.side(&random), Self.side(&random), &random)
            let whole = Resampling(
                width: image.width, height: image.height, resizedWidth: Self.side(&random),
                resizedHeight: Self.side(&random))
            let reference = InputPicture.resize(image, whole, with: Resizer(isa: CK_ISA_PORTABLE))
            var window = whole
            window.windowX = Int.random(in: 0..<whole.resizedWidth, using: &random)
            window.windowY = Int.random(in: 0..<whole.resizedHeight, using: &random)
            window.windowWidth = Int.random(in: 1...whole.resizedWidth - window.windowX, using: &random)
            window.windowHeight = Int.random(in: 1...whole.resizedHeight - window.windowY, using: &random)
            let cut = Self.cut(reference, window)
            for isa in Self.isas {
                let resizer = Resizer(isa: isa)
                #expect(InputPicture.resize(image, whole, with: resizer) == reference, "seed \(seed), \(isa)")
                #expect(InputPicture.resize(image, window, with: resizer) == cut, "seed \(seed), \(isa), window")
            }
        }
    }

    @Test func aPictureOfOneColourKeepsIt() {
        let image = RGBImage(width: 7, height: 5, pixels: [UInt8](repeating: 255, count: 105))
        for (width, height) in [(1, 1), (3, 500), (224, 224), (7, 9)] {
            let whole = Resampling(width: 7, height: 5, resizedWidth: width, resizedHeight: height)
            let resized = InputPicture.resize(image, whole, with: Resizer())
            #expect(resized == [UInt8](repeating: 255, count: width * height * 3))
        }
    }

    /// Mostly small sides, and some far beyond a vector's width.
    private static func side(_ random: inout SplitMix64) -> Int {
        let limit = [3, 20, 70, 400][Int.random(in: 0..<4, using: &random)]
        return Int.random(in: 1...limit, using: &random)
    }

    private static func noise(_ width: Int, _ height: Int, _ random: inout SplitMix64) -> RGBImage {
        RGBImage(
            width: width, height: height,
            pixels: (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private static func cut(_ pixels: [UInt8], _ window: Resampling) -> [UInt8] {
        (0..<window.windowHeight).flatMap { y in
            let start = ((window.windowY + y) * window.resizedWidth + window.windowX) * 3
            return pixels[start..<start + window.windowWidth * 3]
        }
    }
}
