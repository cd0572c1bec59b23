import Dataset
import SelectiveTuning
import Testing

@Suite struct PreprocessingTests {
    @Test func eachHasOneText() {
        let all: [(Preprocessing, String)] = [
            (.stnet, "stnet"), (.torchvision, "torchvision"), (.squash, "squash"),
            (.shorterSide(232, .bilinear), "232"), (.shorterSide(256, .bicubic), "256-bicubic"),
        ]
        for (preset, text) in all {
            #expect(preset.rawValue == text)
            #expect(Preprocessing(rawValue: text) == preset)
        }
        for wrong in [
            "", "Stnet", "0", "-1", "+5", "007", "16385", "99999999999999999999", "256-", "256-bilinear", "256-cubic",
            "-bicubic", "256-bicubic-", "256 ", "2.5", "١٢٣", "auto",
        ] {
            #expect(Preprocessing(rawValue: wrong) == nil, "\(wrong)")
        }
    }

    @Test func theUsualPreparationIsTorchvisions() {
        #expect(Preprocessing(.usual(inputSize: 224), inputSize: 224) == .torchvision)
        #expect(Preprocessing(.init(resizedSide: 342), inputSize: 299) == .torchvision)
        #expect(Preprocessing(.init(resizedSide: 232), inputSize: 224) == .shorterSide(232, .bilinear))
        let bicubic = InputPreparation(resizedSide: 256, interpolation: .bicubic)
        #expect(Preprocessing(bicubic, inputSize: 224) == .shorterSide(256, .bicubic))
    }

    @Test func aSideMustHoldTheInput() {
        #expect(Preprocessing.shorterSide(223, .bilinear).problem(inputSize: 224) != nil)
        for fine in [Preprocessing.shorterSide(224, .bicubic), .stnet, .torchvision, .squash] {
            #expect(fine.problem(inputSize: 224) == nil)
        }
    }

    /// The resize takes 32-bit sizes: a strip as long as a JPEG can be must not leave them.
    @Test func theLongestStripStaysInRange() {
        let largest = InputPreparation.sides.upperBound
        for (width, height) in [(65_500, 1), (1, 65_500)] {
            let geometry = Geometry(
                preset: .shorterSide(largest, .bicubic), inputSize: 4096, width: width, height: height)
            #expect(Int32(exactly: geometry.resizedWidth) != nil && Int32(exactly: geometry.resizedHeight) != nil)
        }
    }

    @Test func theGeometryIsThatOfTheSide() {
        let wide = Geometry(preset: .shorterSide(232, .bilinear), inputSize: 224, width: 500, height: 375)
        #expect(wide.resizedHeight == 232 && wide.resizedWidth == 232 * 500 / 375)
        #expect(wide.cropX == (wide.resizedWidth - 224) / 2 && wide.cropY == 4)
        let named = Geometry(preset: .torchvision, inputSize: 224, width: 500, height: 375)
        let same = Geometry(preset: .shorterSide(256, .bilinear), inputSize: 224, width: 500, height: 375)
        #expect(named == same)
    }
}
