import Evaluation
import SelectiveTuning
import Testing

struct MetricsTests {
    private func record(
        label: Int = 1, top5: [Int] = [1, 2, 3, 4, 5], iou: Double = 0, droppedMass: Double = 0, ties: Int = 0,
        ineligible: Int = 0, flags: [ImageRecord.Flag] = []
    ) -> ImageRecord {
        ImageRecord(
            id: "x", label: label, top5: top5, scores: [5, 4, 3, 2, 1], box: Box(0, 0, 1, 1),
            boxOriginal: Box(0, 0, 1, 1), iou: iou, groundTruthIndex: 0, droppedMass: droppedMass, ties: ties,
            ineligible: ineligible, flags: flags)
    }

    private func metrics(_ records: [ImageRecord]) -> Metrics {
        let truth = records.map { GroundTruth(id: $0.id, label: $0.label, boxes: [Box(0, 0, 1, 1)], inputSize: 224) }
        return Metrics(records: records, groundTruth: truth)
    }

    @Test func countsWhatTheRecordsSay() {
        let metrics = metrics([
            record(iou: 0.5, droppedMass: 0.25, ties: 2),
            record(label: 4, iou: 0.75, ineligible: 1),
            record(label: 9, iou: 0.3, flags: [.empty]),
            record(iou: 0.2999, flags: [.sizeMismatch, .groundTruthOutside]),
            .failed(id: "y", label: 1, error: "broken"),
        ])
        #expect(metrics.labelTop1 == Rate(count: 2, of: 4))
        #expect(metrics.labelTop5 == Rate(count: 3, of: 4))
        #expect(metrics.localization.rates.map(\.count) == [4, 3, 2, 1, 1])
        #expect(metrics.localization.rate(at: 0.5) == Rate(count: 2, of: 4))
        #expect(metrics.top1Localization.rates.map(\.count) == [2, 1, 1, 0, 0])
        #expect(metrics.top5Localization.rates.map(\.count) == [3, 2, 2, 1, 1])
        #expect(metrics.meanDroppedMass == 0.0625)
        #expect(
            metrics.counts
                == {
                    var counts = Metrics.Counts()
                    counts.evaluated = 4
                    counts.failed = 1
                    counts.empty = 1
                    counts.sizeMismatch = 1
                    counts.groundTruthOutside = 1
                    counts.ties = 2
                    counts.ineligible = 1
                    return counts
                }())
    }

    @Test func thresholdsBelongToTheirUpperSide() {
        for threshold in Localization.thresholds {
            #expect(Localization(ious: [threshold]).rate(at: threshold).count == 1)
            #expect(Localization(ious: [threshold.nextDown]).rate(at: threshold).count == 0)
        }
    }

    @Test func theHistogramHoldsEveryImage() {
        let histogram = Localization(ious: [0, 0.049, 0.05, 0.5, 0.999, 1]).histogram
        #expect(histogram[0] == 2 && histogram[1] == 1 && histogram[10] == 1 && histogram[19] == 2)
        #expect(histogram.reduce(0, +) == 6)
    }

    @Test func nothingEvaluatedHasNoMeans() {
        let metrics = metrics([.failed(id: "y", label: 1, error: "broken")])
        #expect(metrics.meanDroppedMass == nil)
        #expect(metrics.localization.meanIoU == nil)
        #expect(metrics.labelTop1.value == nil)
    }

    /// Anybody's records: counts that together pass the largest integer.
    @Test func noSumOfCountsTraps() {
        var records = SampleRun.run(5).records
        for place in records.indices { (records[place].ties, records[place].ineligible) = (.max, .max - place) }
        let counts = Metrics(records: records, groundTruth: []).counts
        #expect(counts.ties == .max && counts.ineligible == .max && counts.evaluated == 5)
    }
}
