import Dataset
import SelectiveTuning
import Testing

@testable import Drawing

@Suite struct PictureTests {
    private func plain(_ side: Int, _ level: UInt8) -> RGBImage {
        RGBImage(width: side, height: side, pixels: [UInt8](repeating: level, count: side * side * 3))
    }

    private func pixel(_ image: RGBImage, _ x: Int, _ y: Int) -> RGBColor {
        let place = (y * image.width + x) * 3
        return RGBColor(image.pixels[place], image.pixels[place + 1], image.pixels[place + 2])
    }

    @Test func theCentreOfAPixelKeepsItsValueAndTheRestLiesBetween() {
        let row: [Float] = [0, 0, 3, 6, 9, 9]
        #expect(Enlargement.enlarge([0, 9], width: 2, height: 1) == row + row + row)
        let image = RGBImage(width: 1, height: 2, pixels: [0, 10, 255, 9, 10, 0])
        let large = Enlargement.enlarge(image)
        #expect(large.width == 3 && large.height == 6)
        #expect((0..<6).map { pixel(large, 1, $0).red } == [0, 0, 3, 6, 9, 9])
        #expect((0..<6).map { pixel(large, 0, $0).green } == [10, 10, 10, 10, 10, 10])
        #expect((0..<6).map { pixel(large, 2, $0).blue } == [255, 255, 170, 85, 0, 0])
    }

    @Test func jetRunsFromBlueToRed() {
        #expect(ColorScale.jet.count == 256)
        #expect(ColorScale.jet[0] == RGBColor(0, 0, 128))
        #expect(ColorScale.jet[255] == RGBColor(128, 0, 0))
        #expect(ColorScale.jet[127].green == 255 && ColorScale.jet[128].green == 255)
    }

    @Test func theScaleRunsFromTwoFifthsOfTheLeastToFourFifthsOfTheMost() {
        #expect(ColorScale.steps(of: [0, 0.4, 0.8, 1], low: 0, high: 1) == [0, 128, 255, 255])
        #expect(ColorScale.steps(of: [1, 0.4, 0.6], low: 1, high: 1.5) == [191, 0, 64])
        #expect(ColorScale.steps(of: [0, 0], low: 0, high: 0) == [0, 0])
        #expect(ColorScale.steps(of: [5, .nan, .infinity], low: 0, high: 10) == [159, 0, 255])
        #expect(ColorScale.steps(of: [5, .nan], low: 0, high: .infinity) == [0, 0])
    }

    @Test func aMapIsDrawnThreeTimesAsLarge() throws {
        var values = [Float](repeating: 0, count: 16)
        values[5] = 1
        let map = ClassHypothesisMap(size: 4, values: values)
        let read = try PNGReader(HypothesisPicture.png(map))
        #expect(read.width == 12 && read.height == 12 && read.colorType == 3)
        #expect(read.samples[4 * 12 + 4] == 255 && read.samples[0] == 0 && read.samples[11 * 12 + 11] == 0)
        // A third of the way: 2/3 of the maximum is 5/6 of the scale.
        #expect((212...213).contains(read.samples[4 * 12 + 5]))
    }

    @Test func anOverlayIsHalfThePictureAndHalfTheMap() throws {
        let map = ClassHypothesisMap(size: 4, values: [Float](repeating: 0, count: 16))
        let read = try PNGReader(HypothesisPicture.png(map, over: plain(4, 100)))
        #expect(read.width == 12 && read.colorType == 2)
        #expect(Array(read.samples[..<3]) == [50, 50, 114])
    }

    @Test func boxesAreBlueAndRedAndTheNameIsReadable() {
        let image = BoxPicture.draw(
            on: plain(224, 90), groundTruth: [Box(40, 60, 200, 180), Box(0, 0, 0, 50)],
            prediction: Box(50, 90, 150, 190),
            name: "kit fox")
        #expect(pixel(image, 40, 120) == .groundTruth && pixel(image, 41, 120) == .groundTruth)
        #expect(pixel(image, 50, 150) == .prediction && pixel(image, 150, 150) == .prediction)
        #expect(pixel(image, 120, 120) == RGBColor(90, 90, 90))
        #expect(pixel(image, 0, 25) == RGBColor(90, 90, 90), "a box without area is not drawn")
        // The label: red with white dots, on the 24 rows above the red box.
        let row = (50..<120).map { pixel(image, $0, 76) }
        #expect(row.contains(.white) && row.contains(.prediction))
    }

    @Test func theSamePictureGivesTheSameBytes() {
        let draw = {
            BoxPicture.draw(
                on: plain(64, 30), groundTruth: [Box(3.3, 4.7, 40.1, 50)], prediction: Box(5, 6, 30, 40), name: "x")
        }
        #expect(draw() == draw())
    }
}
