import Bytes
import Evaluation
import SelectiveTuning
import Testing

struct BoxCoverageTests {
    @Test func boxesCoverTheirPixelsOnce() {
        #expect(BoxCoverage.share(of: [Box(0, 0, 223, 223)], inputSize: 224) == 1)
        #expect(BoxCoverage.share(of: [Box(0, 0, 111, 223)], inputSize: 224) == 0.5)
        // Two quarters that overlap in a sixteenth, twice the same box, and one inside another.
        let quarters = [Box(0, 0, 111, 111), Box(56, 56, 167, 167), Box(0, 0, 111, 111), Box(9, 9, 20, 20)]
        #expect(BoxCoverage.share(of: quarters, inputSize: 224) == 0.25 + 0.25 - 0.0625)
        // Apart, in each other's rows and columns.
        let apart = [Box(0, 0, 9, 9), Box(20, 0, 29, 9), Box(0, 20, 9, 29), Box(5, 15, 24, 24)]
        #expect(BoxCoverage.share(of: apart, inputSize: 100) == 0.0475)
    }

    @Test func whatIsOutsideCoversNothing() {
        #expect(BoxCoverage.share(of: [], inputSize: 224) == 0)
        #expect(BoxCoverage.share(of: [Box(0, 3, 0, 50), Box(224, 0, 224, 9)], inputSize: 224) == 0)
        #expect(BoxCoverage.share(of: [Box(0, 0, 224, 224), Box(224, 0, 224, 9)], inputSize: 224) == 1)
    }

    /// Against counting pixels.
    @Test func unionsAreThoseOfCountedPixels() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<200 {
            let boxes = (0..<Int.random(in: 1...20, using: &random)).map { _ -> Box in
                let box = random.box(in: 24)
                return Box(box.x0.rounded(.down), box.y0, box.x1.rounded(.down), box.y1.rounded(.down))
            }
            var pixels = Set<Int>()
            for box in boxes where box.x1 > box.x0 && box.y1 > box.y0 {
                for y in Int(box.y0)...Int(box.y1) {
                    for x in Int(box.x0)...Int(box.x1) { pixels.insert(y * 24 + x) }
                }
            }
            #expect(BoxCoverage.share(of: boxes, inputSize: 24) == Double(pixels.count) / 576)
        }
    }
}

struct BreakdownsTests {
    private let run = SampleRun.run()

    @Test func everyBreakdownHoldsEveryImageOnce() throws {
        let metrics = Metrics(records: run.records, groundTruth: run.groundTruth)
        let parts = metrics.breakdowns
        let groups = [parts.byClass.map(\.group), parts.bySize.groups, parts.byBoxCount, parts.byLabel]
        for groups in groups {
            #expect(groups.map(\.images).reduce(0, +) == 40)
            #expect(groups.map(\.labelTop1.count).reduce(0, +) == metrics.labelTop1.count)
            #expect(groups.map(\.labelTop5.count).reduce(0, +) == metrics.labelTop5.count)
            for (place, rate) in metrics.localization.rates.enumerated() {
                #expect(groups.map { $0.localization.rates[place].count }.reduce(0, +) == rate.count)
            }
        }
        #expect(parts.byClass.map(\.label) == Array(0..<10))
        #expect(parts.byBoxCount.map(\.key) == ["1", "2", "3", "4+"])
        #expect(parts.byBoxCount.map(\.images) == [14, 13, 13, 0])
        #expect(parts.byLabel.map(\.key) == ["right", "wrong"] && parts.byLabel[1].labelTop1.count == 0)
        #expect(parts.bySize.groups.map(\.images) == [14, 13, 13])
    }

    @Test func sizesDivideAtTheirTertiles() throws {
        let metrics = Metrics(records: run.records, groundTruth: run.groundTruth)
        let limits = try #require(metrics.breakdowns.bySize.limits)
        let sizes = run.groundTruth.map { Double(Float(BoxCoverage.share(of: $0.boxes, inputSize: 224))) }
        #expect(sizes.count { $0 <= limits.small } == 14 && sizes.contains(limits.small))
        #expect(sizes.count { $0 > limits.medium } == 13 && sizes.contains(limits.medium))
        let large = zip(run.records, sizes).filter { $1 > limits.medium }.map(\.0.iou)
        #expect(metrics.breakdowns.bySize.groups[2].localization == Localization(ious: large))
    }

    @Test func equalSizesAreNotDivided() {
        let truth = (0..<9).map { GroundTruth(id: "\($0)", label: 0, boxes: [Box(0, 0, 9, 9)], inputSize: 10) }
        let records = truth.map {
            ImageRecord(
                id: $0.id, label: 0, top5: [0], scores: [1], box: Box(0, 0, 9, 9), boxOriginal: Box(0, 0, 9, 9), iou: 1,
                groundTruthIndex: 0, droppedMass: 0)
        }
        let sizes = Metrics(records: records, groundTruth: truth).breakdowns.bySize
        #expect(sizes.groups.map(\.images) == [9, 0, 0] && sizes.limits?.small == 1)
    }

    @Test func recordsAreFoundWhateverTheirOrderAndWhoeverFailed() {
        var records = run.records
        records[3] = .failed(id: records[3].id, label: 3, error: "broken")
        let inOrder = Metrics(records: records, groundTruth: run.groundTruth).breakdowns
        #expect(inOrder.byLabel.map(\.images).reduce(0, +) == 39)
        #expect(inOrder.byClass.first { $0.label == 3 }?.group.images == 3)
        let reversed = Metrics(records: records.reversed(), groundTruth: run.groundTruth).breakdowns
        #expect(reversed.bySize.limits == inOrder.bySize.limits)
        #expect(reversed.byBoxCount.map(\.images) == inOrder.byBoxCount.map(\.images))
        let some = Metrics(records: Array(records.dropFirst(5).dropLast(5)), groundTruth: run.groundTruth).breakdowns
        #expect(some.byBoxCount.map(\.images).reduce(0, +) == 30)
    }

    @Test func imagesWithoutABoxAreAGroupOfTheirOwn() {
        let truth = [
            GroundTruth(id: "a", label: 0, boxes: [], inputSize: 10),
            GroundTruth(id: "b", label: 0, boxes: [Box](repeating: Box(0, 0, 4, 9), count: 6), inputSize: 10),
        ]
        let records = truth.map {
            ImageRecord(
                id: $0.id, label: 0, top5: [], scores: [], box: Box(0, 0, 1, 1), boxOriginal: Box(0, 0, 1, 1), iou: 0,
                groundTruthIndex: nil, droppedMass: 0)
        }
        let groups = Metrics(records: records, groundTruth: truth).breakdowns.byBoxCount
        #expect(groups.map(\.key) == ["0", "1", "2", "3", "4+"] && groups.map(\.images) == [1, 0, 0, 0, 1])
    }

    @Test func nothingEvaluatedHasNoLimits() {
        let parts = Metrics(records: [], groundTruth: run.groundTruth).breakdowns
        #expect(parts.bySize.limits == nil && parts.byClass.isEmpty)
        #expect(parts.byLabel.map(\.images) == [0, 0])
    }
}
