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

    private let caption = HypothesisCaption(kind: "class-hypothesis map", className: "kit fox")

    @Test func aMapIsDrawnThreeTimesAsLarge() throws {
        var values = [Float](repeating: 0, count: 16)
        values[5] = 1
        let map = ClassHypothesisMap(size: 4, values: values)
        let read = try PNGReader(HypothesisPicture.png(map, caption: caption))
        #expect(read.width == 12 && read.height == 12 + 37 && read.colorType == 3)
        #expect(read.samples[4 * 12 + 4] == 255 && read.samples[0] == 0 && read.samples[11 * 12 + 11] == 0)
        // A third of the way: 2/3 of the maximum is 5/6 of the scale.
        #expect((212...213).contains(read.samples[4 * 12 + 5]))
    }

    @Test func anOverlayIsHalfThePictureAndHalfTheMap() throws {
        let map = ClassHypothesisMap(size: 4, values: [Float](repeating: 0, count: 16))
        let read = try PNGReader(HypothesisPicture.png(map, over: plain(4, 100), caption: caption))
        #expect(read.width == 12 && read.height == 12 + 37 && read.colorType == 2)
        #expect(Array(read.samples[..<3]) == [50, 50, 114])
    }

    /// What a report shows of the files is what they show.
    @Test func picturesOfMapsAreReadBack() throws {
        let input = plain(64, 100)
        let values = (0..<64 * 64).map { Float($0 % 64) * Float($0 / 64) }
        let map = ClassHypothesisMap(size: 64, values: values)
        let straight = HypothesisPicture.overlay(map, over: input)
        for file in [
            HypothesisPicture.png(map, caption: caption), HypothesisPicture.png(map, over: input, caption: caption),
        ] {
            let again = try #require(HypothesisPicture.overlay(png: file, over: input))
            #expect(again.width == 64 && again.height == 64)
            let differences = zip(again.pixels, straight.pixels).map { abs(Int($0) - Int($1)) }
            // A pixel is the mean of nine that were blended one by one.
            #expect(differences.max()! <= 6, "\(differences.max()!)")
            #expect(HypothesisPicture.overlay(png: file, over: plain(60, 1)) == nil, "another input's")
            #expect(HypothesisPicture.overlay(png: file.dropLast(), over: input) == nil)
        }
        #expect(HypothesisPicture.overlay(png: [], over: input) == nil)
        // Another program's picture of the same size: damaged inside of chunks whose checksums are right.
        let other = PNGEncoder.encode(indexed: [0, 1, 2, 3], palette: ColorScale.jet, width: 2, height: 2)
        #expect(PNGDecoder.decode(other, width: 2, height: 2)?.isIndexed == true)
        #expect(PNGDecoder.decode(other, width: 2, height: 3) == nil)
    }

    @Test func boxesAreBlueAndRedAndTheirWordsAreReadable() {
        let caption = BoxCaption(
            trueClass: "kit fox", predictedClass: "red fox", isOfPrediction: false, iou: 0.5, bestMatch: 0)
        let image = BoxPicture.draw(
            on: plain(224, 90), groundTruth: [Box(40, 60, 200, 180), Box(0, 0, 0, 50), Box(30, 70, 60, 170)],
            found: Box(50, 90, 150, 190), caption: caption)
        #expect((image.width, image.height) == BoxPicture.size(inputSize: 224) && image.width == 448)
        // Of an input's pixel both of the picture's.
        #expect(pixel(image, 80, 240) == .groundTruth && pixel(image, 83, 240) == .groundTruth)
        #expect(pixel(image, 60, 240) == .groundTruth && pixel(image, 62, 240) != .groundTruth, "half as thick")
        #expect(pixel(image, 100, 300) == .found && pixel(image, 301, 300) == .found)
        #expect(pixel(image, 240, 240) == RGBColor(90, 90, 90))
        #expect(pixel(image, 0, 50) == RGBColor(90, 90, 90), "a box without area is not drawn")
        // The words: on the rows above the red box and in the corner of the blue one.
        #expect((100..<160).map { pixel(image, $0, 165) }.contains(.white))
        #expect((100..<160).map { pixel(image, $0, 165) }.contains(.found))
        #expect((360..<400).map { pixel(image, $0, 350) }.contains(.white))
        #expect((360..<400).map { pixel(image, $0, 350) }.contains(.groundTruth))
    }

    @Test func theSamePictureGivesTheSameBytes() {
        let draw = {
            BoxPicture.draw(
                on: plain(64, 30), groundTruth: [Box(3.3, 4.7, 40.1, 50)], found: Box(5, 6, 30, 40),
                caption: BoxCaption(
                    trueClass: "x", predictedClass: "y", isOfPrediction: true, iou: 0.25, bestMatch: nil))
        }
        #expect(draw() == draw())
    }

    @Test(arguments: [(8, 4), (64, 4), (128, 3), (224, 2), (299, 2), (384, 1), (500, 1)])
    func aSmallInputIsEnlarged(inputSize: Int, factor: Int) {
        #expect(BoxPicture.factor(inputSize: inputSize) == factor)
        let image = BoxPicture.draw(
            on: plain(inputSize, 7), groundTruth: [], found: Box(0, 0, 1, 1),
            caption: BoxCaption(
                trueClass: "a", predictedClass: "b", isOfPrediction: false, iou: 0, bestMatch: nil, isEmpty: true))
        #expect((image.width, image.height) == BoxPicture.size(inputSize: inputSize))
    }

    @Test func anyFactorKeepsTheCentresOrMeetsBetweenThem() {
        let row = RGBImage(width: 2, height: 1, pixels: [0, 0, 0, 80, 80, 80])
        let doubled = Enlargement.enlarge(row, by: 2)
        #expect((0..<4).map { pixel(doubled, $0, 0).red } == [0, 20, 60, 80])
        let tripled = Enlargement.enlarge(row, by: 3)
        #expect((0..<6).map { pixel(tripled, $0, 1).red } == [0, 0, 27, 53, 80, 80])
        #expect(Enlargement.reduce(tripled) == RGBImage(width: 2, height: 1, pixels: [9, 9, 9, 71, 71, 71]))
    }
}
