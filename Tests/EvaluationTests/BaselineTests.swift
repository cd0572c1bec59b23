import Evaluation
import SelectiveTuning
import Testing

struct BaselineTests {
    @Test func boxesAreAsDefined() {
        #expect(Baseline.wholeFrame.box(inputSize: 224) == Box(0, 0, 223, 223))
        #expect(Baseline.centredSquare(1).box(inputSize: 227) == Baseline.wholeFrame.box(inputSize: 227))
        #expect(Baseline.centredSquare(0.75).box(inputSize: 224) == Box(28, 28, 195, 195))
        #expect(Baseline.centredSquare(0.5).box(inputSize: 227) == Box(56.75, 56.75, 169.25, 169.25))
    }

    @Test func ratesAreThoseOfTheBestBox() {
        let truth = [
            GroundTruth(id: "a", label: 0, boxes: [Box(0, 0, 3, 3), Box(0, 0, 223, 223)], inputSize: 224),
            GroundTruth(id: "b", label: 0, boxes: [Box(0, 0, 111, 223)], inputSize: 224),
            GroundTruth(id: "c", label: 0, boxes: [Box(224, 0, 224, 9)], inputSize: 224),
            GroundTruth(id: "d", label: 0, boxes: [], inputSize: 224),
        ]
        let whole = Baseline.wholeFrame.evaluate(truth, convention: .stnet)
        #expect(whole.rates.map(\.count) == [2, 2, 2, 1, 1])
        #expect(whole.meanIoU == 1.5 / 4)
    }

    @Test func theBestSquareIsFoundAndTheSmallestOfEquals() {
        // Exactly the squares .60, .60 and .90.
        let truth = [0.6, 0.6, 0.9].map { side in
            GroundTruth(id: "x", label: 0, boxes: [Baseline.centredSquare(side).box(inputSize: 200)], inputSize: 200)
        }
        let strict = Baseline.bestCentredSquare(at: 0.75, truth, convention: .exact)
        // .75 * .6^2 is reached from .52 on, and up to .69.
        #expect(strict.side == 0.55)
        #expect(strict.localization.rate(at: 0.75) == Rate(count: 2, of: 3))
        let loose = Baseline.bestCentredSquare(at: 0.5, truth, convention: .exact)
        // .65^2 / .9^2 = .52: one square serves all three.
        #expect(loose.side == 0.65)
        #expect(loose.localization.rate(at: 0.5) == Rate(count: 3, of: 3))
    }

    @Test func theRowsSayWhichSideWasChosen() {
        let rows = Baselines(SampleRun.groundTruth(40), convention: .stnet).rows
        #expect(
            rows.prefix(4).map(\.name) == [
                "whole frame", "square .70", "square .75", "square .85",
            ])
        #expect(rows.map(\.chosenAt) == [nil, nil, nil, nil, 0.5, 0.75])
        #expect(rows[4].name.hasPrefix("best square .") && rows[4].name.hasSuffix(" at .50"))
        for row in rows {
            #expect(rows[4].localization.rate(at: 0.5).count >= row.localization.rate(at: 0.5).count)
        }
    }
}
