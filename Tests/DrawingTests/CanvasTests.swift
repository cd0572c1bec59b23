import Dataset
@testable import Drawing
import SelectiveTuning
import Testing

@Suite struct CanvasTests {
    private let black = Canvas(RGBImage(width: 6, height: 4, pixels: [UInt8](repeating: 0, count: 72)))

    /// The red channel.
    private func levels(_ canvas: Canvas) -> [[UInt8]] {
        let image = canvas.image
        return (0..<image.height).map { y in (0..<image.width).map { image.pixels[(y * image.width + $0) * 3] } }
    }

    @Test func anEdgeBetweenPixelsCoversAShareOfThem() {
        var canvas = black
        canvas.fill(Area(left: 1.5, top: 1.25, right: 4, bottom: 3), RGBColor(200, 100, 0))
        #expect(
            levels(canvas) == [
                [0, 0, 0, 0, 0, 0], [0, 75, 150, 150, 0, 0], [0, 100, 200, 200, 0, 0], [0, 0, 0, 0, 0, 0],
            ])
        #expect(canvas.image.pixels[(2 * 6 + 2) * 3 + 1] == 100)
    }

    @Test func aThinLineOfHalfAPixelIsHalfAsBright() {
        var canvas = black
        canvas.fill(Area(left: 2.25, top: 0, right: 2.75, bottom: 4), RGBColor(200, 0, 0))
        #expect(levels(canvas)[0] == [0, 0, 100, 0, 0, 0])
    }

    @Test func aFrameLiesWithinItsBoxOfInclusivePixels() {
        var canvas = black
        canvas.stroke(Box(1, 0, 4, 3), .white, lineWidth: 1)
        #expect(
            levels(canvas) == [
                [0, 255, 255, 255, 255, 0], [0, 255, 0, 0, 255, 0], [0, 255, 0, 0, 255, 0], [0, 255, 255, 255, 255, 0],
            ])
    }

    @Test func fractionsOfABoxAreDrawnAsSharesOnBothSides() {
        var canvas = black
        canvas.stroke(Box(0.5, 0.5, 4.5, 2.5), RGBColor(200, 0, 0), lineWidth: 1)
        // The left line covers [0.5, 1.5), the right one [4.5, 5.5), the lower one [2.5, 3.5).
        #expect(levels(canvas)[2] == [100, 150, 100, 100, 150, 100])
        #expect(levels(canvas)[0] == [50, 100, 100, 100, 100, 50])
    }

    @Test func whatLiesOutsideIsDrawnAtTheBorder() {
        var canvas = black
        canvas.stroke(Box(-10, -10, 100, 100), .white, lineWidth: 1)
        #expect(levels(canvas).map { $0.filter { $0 == 255 }.count } == [6, 2, 2, 6])
    }

    @Test func aLineWiderThanTheBoxFillsIt() {
        var canvas = black
        canvas.stroke(Box(1, 1, 2, 2), .white, lineWidth: 9)
        #expect(levels(canvas)[1] == [0, 255, 255, 0, 0, 0])
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func coordinatesThatAreNoNumbersDoNotTrap(value: Float) {
        var canvas = black
        canvas.stroke(Box(value, 0, 3, value), .white, lineWidth: 1)
        canvas.fill(Area(left: 0, top: value, right: 3, bottom: 3), .white)
        canvas.label("cat", of: Box(value, value, value, value), background: .found)
        #expect(canvas.image.pixels.count == 72)
    }
}
