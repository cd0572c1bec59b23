import Dataset
import Testing

/// FNV-1a over a picture's pixels.
private func digest(_ image: RGBImage) -> UInt64 {
    image.pixels.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

@Suite struct DemoSceneTests {
    @Test func sameSeedGivesTheSamePixels() {
        for index in [0, 7] {
            let first = DemoScene(index: index, seed: 3)
            let second = DemoScene(index: index, seed: 3)
            #expect(first.label == second.label)
            #expect(first.boxes == second.boxes)
            #expect(first.render() == second.render())
        }
    }

    /// The pixels that a seed names are a promise: the committed weights' measured figures belong to them.
    @Test func seedNamesThesePixels() {
        let scene = DemoScene(index: 0, seed: 1)
        #expect(scene.width == 325)
        #expect(scene.boxes == [DemoBox(x0: 65, y0: 147, x1: 187, y1: 252)])
        #expect(digest(scene.render()) == 1_090_272_487_254_149_888)
    }

    @Test func otherSeedsAndIndicesGiveOtherPictures() {
        let digests = Set(
            (0..<4).flatMap { seed in (0..<4).map { digest(DemoScene(index: $0, seed: UInt64(seed)).render()) } })
        #expect(digests.count == 16)
    }

    @Test func everyTenPicturesHoldEveryClassOnce() {
        for block in 0..<6 {
            let labels = (0..<10).map { DemoScene(index: 10 * block + $0, seed: 8).label }
            #expect(labels.sorted() == Array(0..<10))
        }
        let first = (0..<10).map { DemoScene(index: $0, seed: 8).label }
        let second = (0..<10).map { DemoScene(index: 10 + $0, seed: 8).label }
        #expect(first != second)
    }

    /// Each box is the tight box of the pixels that change when the objects are taken away.
    @Test func boxesAreExact() {
        for index in 0..<12 {
            let scene = DemoScene(index: index, seed: 5)
            let boxes = scene.boxes
            let with = scene.render(withObjects: true).pixels
            let without = scene.render(withObjects: false).pixels
            var found = boxes.map { _ in DemoBox(x0: .max, y0: .max, x1: .min, y1: .min) }
            for y in 0..<scene.height {
                for x in 0..<scene.width {
                    let at = 3 * (y * scene.width + x)
                    if (0..<3).allSatisfy({ with[at + $0] == without[at + $0] }) { continue }
                    // Objects stand more than 6 pixels apart, so that one within 3 owns the pixel.
                    let owner = boxes.firstIndex {
                        x >= $0.x0 - 3 && x <= $0.x1 + 3 && y >= $0.y0 - 3 && y <= $0.y1 + 3
                    }
                    guard let owner else {
                        Issue.record("picture \(index): pixel \(x), \(y) changed outside all boxes")
                        continue
                    }
                    found[owner] = DemoBox(
                        x0: min(found[owner].x0, x), y0: min(found[owner].y0, y), x1: max(found[owner].x1, x),
                        y1: max(found[owner].y1, y))
                }
            }
            #expect(found == boxes)
        }
    }

    @Test func boxesLieInsideAndApart() {
        var several = 0
        for index in 0..<200 {
            let scene = DemoScene(index: index, seed: 21)
            let boxes = scene.boxes
            #expect((1...3).contains(boxes.count))
            several += boxes.count > 1 ? 1 : 0
            #expect((200...500).contains(scene.width) && (200...500).contains(scene.height))
            for (place, box) in boxes.enumerated() {
                #expect(box.x0 >= 0 && box.y0 >= 0 && box.x1 < scene.width && box.y1 < scene.height)
                #expect(box.x1 - box.x0 >= 30 && box.y1 - box.y0 >= 30)
                for other in boxes[..<place] {
                    #expect(box.x0 > other.x1 || other.x0 > box.x1 || box.y0 > other.y1 || other.y0 > box.y1)
                }
            }
        }
        #expect((15...65).contains(several))
    }
}
