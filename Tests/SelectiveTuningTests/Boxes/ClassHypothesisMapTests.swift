import SelectiveTuning
import Testing

@Suite struct ClassHypothesisMapTests {
    private let pool1 = ReadOut(stride: 8, start: 7, receptiveField: 19)

    private func cell(_ x: Int, _ y: Int, _ value: Double) -> ReadOutMap.Entry {
        .init(index: Int32(y * 27 + x), value: Int64(value * 0x1p48))
    }

    private func render(_ entries: [ReadOutMap.Entry]) -> ClassHypothesisMap {
        ClassHypothesisMap.render(
            map: ReadOutMap(width: 27, height: 27, channels: 1, entries: entries), readOut: pool1, inputSize: 224)
    }

    private func mass(_ map: ClassHypothesisMap) -> Double { map.values.reduce(0.0) { $0 + Double($1) } }

    @Test func aCellIsSpreadOverItsReceptiveField() {
        let map = render([cell(10, 12, 0.5)])
        // [78, 97) x [94, 113): the blur moves mass but keeps the sum and the centre.
        let total = mass(map)
        #expect(abs(total - 0.5 * 19 * 19) < 1e-3)
        var momentX = 0.0
        var momentY = 0.0
        for y in 0..<224 {
            for x in 0..<224 {
                momentX += Double(x) * Double(map.values[y * 224 + x])
                momentY += Double(y) * Double(map.values[y * 224 + x])
            }
        }
        #expect(abs(momentX / total - 87) < 1e-3 && abs(momentY / total - 103) < 1e-3)
        // In the middle of a 19 pixels wide square, sigma 5.6: erf(9.5 / (5.6 sqrt 2))^2 = 0.9102^2.
        #expect(abs(Double(map.values[103 * 224 + 87]) - 0.5 * 0.8284) < 2e-3)
    }

    @Test func overlappingCellsAddUpAndTheBorderReflects() {
        let one = render([cell(0, 0, 0.25)])
        let two = render([cell(0, 0, 0.25), cell(1, 0, 0.25)])
        // Only [0, 17) of the corner's field lies inside, and nothing is lost at the border.
        #expect(abs(mass(one) - 72.25) < 1e-3, "0.25 * 17 * 17")
        #expect(abs(mass(two) - 153) < 1e-3, "0.25 * 17 * (17 + 19)")
        #expect(two.values[0] > one.values[0])
    }

    @Test func onlyCellsKeptAreDrawn() {
        #expect(render([cell(3, 3, 0.6), cell(20, 20, 0.1)]).values == render([cell(3, 3, 0.6)]).values)
    }

    @Test func anEmptyMapIsZero() {
        #expect(render([]).values == [Float](repeating: 0, count: 224 * 224))
    }
}
