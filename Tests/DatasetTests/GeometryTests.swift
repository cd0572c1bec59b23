import Dataset
import SelectiveTuning
import Testing

@Suite struct GeometryTests {
    @Test func sizesAndCropsOfThePresets() {
        // width, height, preset, n -> resized width and height, crop x and y
        let expected: [(Int, Int, Preprocessing, Int, [Int])] = [
            (500, 375, .stnet, 224, [298, 224, 37, 0]),
            (375, 500, .stnet, 224, [224, 298, 0, 37]),
            (500, 375, .torchvision, 224, [341, 256, 58, 16]),
            (500, 333, .torchvision, 227, [388, 259, 80, 16]),
            (500, 375, .squash, 227, [227, 227, 0, 0]),
            (224, 224, .stnet, 224, [224, 224, 0, 0]),
            (300, 224, .stnet, 224, [300, 224, 38, 0]),
            (1, 40, .stnet, 224, [224, 8960, 0, 4368]),
            // Half a pixel goes to the even side: 1 / 2 to 0, 3 / 2 to 2.
            (225, 224, .stnet, 224, [225, 224, 0, 0]),
            (227, 224, .stnet, 224, [227, 224, 2, 0]),
        ]
        for (width, height, preset, size, numbers) in expected {
            let geometry = Geometry(preset: preset, inputSize: size, width: width, height: height)
            let found = [geometry.resizedWidth, geometry.resizedHeight, geometry.cropX, geometry.cropY]
            #expect(found == numbers, "\(width) x \(height), \(preset) \(size)")
        }
    }

    @Test func boxesFollowTheirPixels() {
        let geometry = Geometry(preset: .stnet, inputSize: 224, width: 500, height: 375)
        let scaleX = Float(298) / Float(500)
        let scaleY = Float(224) / Float(375)
        let mapped = geometry.map(Box(111, 108, 441, 193))
        #expect(mapped == Box(111 * scaleX - 37, 108 * scaleY, 224, 193 * scaleY))
    }

    /// The WSOL benchmark's own example: (1, 2, 4, 3) in 10 x 20 is (3, 1, 14, 1) in 35 x 10.
    @Test func integersAreThoseOfTheBenchmark() {
        let wide = Geometry(preset: .squash, inputSize: 35, width: 10, height: 20).mapToIntegers(Box(1, 2, 4, 3))
        let low = Geometry(preset: .squash, inputSize: 10, width: 10, height: 20).mapToIntegers(Box(1, 2, 4, 3))
        #expect(wide.x0 == 3 && wide.x1 == 14 && low.y0 == 1 && low.y1 == 1)
        let exact = Geometry(preset: .squash, inputSize: 224, width: 1000, height: 1000).mapToIntegers(
            Box(0, 125, 250, 999))
        #expect(exact == Box(0, 28, 56, 223))
        let cropped = Geometry(preset: .stnet, inputSize: 224, width: 1000, height: 200)
        #expect(cropped.mapToIntegers(Box(3, 10, 40, 199)) == Box(0, 11, 0, 222))
    }

    @Test func aBoxOutsideTheCropBecomesEmpty() {
        let geometry = Geometry(preset: .stnet, inputSize: 224, width: 1000, height: 200)
        #expect(geometry.map(Box(3, 10, 40, 199)) == Box(0, 11.2, 0, Float(199) * (Float(224) / Float(200))))
    }

    @Test func theWayBackUndoesTheMapInsideTheCrop() {
        for preset in Preprocessing.allCases {
            let geometry = Geometry(preset: preset, inputSize: 224, width: 640, height: 427)
            let box = Box(200, 100, 400, 300)
            let back = geometry.original(geometry.map(box))
            for (found, expected) in [(back.x0, box.x0), (back.y0, box.y0), (back.x1, box.x1), (back.y1, box.y1)] {
                #expect(abs(found - expected) < 0.01, "\(preset)")
            }
        }
    }

    @Test func theWayBackStaysInsideTheImage() {
        let geometry = Geometry(preset: .squash, inputSize: 224, width: 30, height: 20)
        #expect(geometry.original(Box(-5, -5, 300, 300)) == Box(0, 0, 29, 19))
    }
}
