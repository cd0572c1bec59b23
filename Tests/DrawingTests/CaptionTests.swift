import Dataset
import SelectiveTuning
import Testing

@testable import Drawing

@Suite struct CaptionTests {
    private func caption(_ name: String, iou: Double = 0.5, best: Int? = 0) -> BoxCaption {
        BoxCaption(trueClass: name, predictedClass: name, isOfPrediction: false, iou: iou, bestMatch: best)
    }

    /// Columns that have ink, over the rows of one line.
    private func inked(_ image: RGBImage, line: Int, of lines: Int) -> [Int] {
        let rows = image.height * line / lines..<image.height * (line + 1) / lines
        return (0..<image.width).filter { x in
            rows.contains { y in image.pixels[(y * image.width + x) * 3] != 255 }
        }
    }

    @Test(arguments: [64, 256, 448, 598], [1, 8, 30, 200, 10_000])
    func noNameRunsOutOfThePicture(width: Int, count: Int) throws {
        let image = caption(String(repeating: "W", count: count)).drawn(width: width, shown: 3)
        #expect(image.width == width && image.height == BoxCaption.height(width: width))
        for line in 0..<3 {
            let columns = inked(image, line: line, of: 3)
            #expect(columns.isEmpty || columns.first! >= 3 && columns.last! < width - 3, "line \(line)")
        }
        #expect(!inked(image, line: 1, of: 3).isEmpty)
    }

    @Test func whatIsLongLosesItsRemarkThenGetsSmallerThenShorter() {
        let texts = ["found for: tabby (true class)", "found for: tabby"]
        let widths = texts.map { BitmapFont.width(of: $0) }
        #expect(BitmapFont.fitted(texts, width: widths[0] * 2, scales: [2, 1]) == (texts[0], 2))
        #expect(BitmapFont.fitted(texts, width: widths[1] * 2, scales: [2, 1]) == (texts[1], 2))
        #expect(BitmapFont.fitted(texts, width: widths[0], scales: [2, 1]) == (texts[0], 1))
        #expect(BitmapFont.fitted(texts, width: 40, scales: [2, 1]) == ("found ...", 1))
        for width in [3, 0, -1, -100] { #expect(BitmapFont.fitted(texts, width: width, scales: [2, 1]).text == "") }
    }

    @Test func eachLineDependsOnWhatItSays() {
        let plain = caption("tabby").drawn(width: 448, shown: 1)
        var other = caption("tabby")
        other.predictedClass = "tiger cat"
        #expect(inked(other.drawn(width: 448, shown: 1), line: 2, of: 3) != inked(plain, line: 2, of: 3))
        other.isOfPrediction = true
        #expect(inked(other.drawn(width: 448, shown: 1), line: 1, of: 3) != inked(plain, line: 1, of: 3))
        #expect(caption("tabby", iou: 0.51).drawn(width: 448, shown: 1) != plain)
        // One box, several of which one fits best, several of which none does, none in the crop; nothing found.
        other = caption("tabby", best: nil)
        let firsts = [
            plain, caption("tabby").drawn(width: 448, shown: 2), other.drawn(width: 448, shown: 2),
            other.drawn(width: 448, shown: 0),
        ].map { inked($0, line: 0, of: 3) }
        #expect(Set(firsts).count == 4)
        other.isEmpty = true
        #expect(!firsts.contains(inked(other.drawn(width: 448, shown: 1), line: 0, of: 3)))
    }

    @Test func theBarRunsOverTheWholeScaleBetweenItsEnds() {
        let caption = HypothesisCaption(kind: "class-hypothesis map", className: "kit fox")
        let width = 672
        let steps = caption.steps(width: width, ends: (0, 0.25))
        #expect(steps.count == width * HypothesisCaption.height(width: width))
        let bar = Array(steps[(38 * width)..<(39 * width)])
        #expect(bar[8] == HypothesisCaption.ink && bar[width - 9] == HypothesisCaption.ink, "its frame")
        #expect(bar[0] == HypothesisCaption.ground)
        let inside = Array(bar[9..<(width - 9)])
        #expect(inside == inside.sorted() && inside.first! <= 1 && inside.last! >= 254)
        // Other ends are other numbers; a map without differences has none.
        #expect(caption.steps(width: width, ends: (0, 0.5)) != steps)
        #expect(caption.steps(width: width, ends: nil) != steps)
        for width in [3, 24, 100, 192, 399, 400] {
            let long = HypothesisCaption(kind: "map", className: String(repeating: "long ", count: 500))
            #expect(
                long.steps(width: width, ends: (-1e-9, 1e30)).count == width * HypothesisCaption.height(width: width))
        }
    }

    @Test(arguments: [
        (Float(0), "0"), (0.241, "0.241"), (0.00308, "0.00308"), (12.34, "12.3"), (1234, "1234"), (-0.5, "-0.500"),
        (2.42e-5, "2.42e-5"), (1e30, "1.00e30"), (.infinity, "inf"),
    ])
    func endsHaveThreeDigits(value: Float, text: String) {
        #expect(HypothesisCaption.short(value) == text)
    }
}
