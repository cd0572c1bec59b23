import Bytes
import Testing

@testable import Evaluation

struct ChartTests {
    @Test func theCurveCountsAsTheMetricsDo() {
        var random = SplitMix64(seed: 8)
        // Values on the thresholds, just below them, and anywhere.
        var ious = (0..<ThresholdCurve.count).flatMap { place -> [Double] in
            let threshold = ThresholdCurve.threshold(place)
            return [threshold, max(0, threshold.nextDown)]
        }
        ious += (0..<200).map { _ in Double.random(in: 0...1, using: &random) }
        let curve = ThresholdCurve(ious: ious)
        for place in 0..<ThresholdCurve.count {
            let threshold = ThresholdCurve.threshold(place)
            #expect(curve.rates[place].count == ious.count { $0 >= threshold }, "at \(threshold)")
        }
        let localization = Localization(ious: ious)
        for threshold in Localization.thresholds {
            #expect(curve.rate(at: threshold) == localization.rate(at: threshold))
        }
    }

    @Test(arguments: [
        (19.0, 5, [0.0, 5, 10, 15, 20], 0), (0.8, 4, [0, 0.2, 0.4, 0.6, 0.8], 1),
        (97.6, 5, [0, 20, 40, 60, 80, 100], 0),
        (0, 5, [0, 0.2, 0.4, 0.6, 0.8, 1], 1), (1e6, 2, [0, 500_000, 1_000_000], 0),
    ])
    func ticksAreRoundNumbersThatReachTheLargest(largest: Double, steps: Int, ticks: [Double], places: Int) {
        let step = AxisStep.of(largest, steps: steps)
        #expect(
            step.ticks.count == ticks.count && zip(step.ticks, ticks).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, $1) })
        #expect(step.places == places)
        #expect(step.top == step.ticks.last)
    }

    @Test func aLeaseCountsEvenlyOverItsTime() {
        let node = RunFacts.Node(
            name: "a", device: "", images: 60,
            leases: [
                .init(start: 0, end: 30, images: 30), .init(start: 30, end: 60, images: 90),
                .init(start: 5, end: 5, images: 6),
            ])
        let rates = ThroughputChart(nodes: [node], seconds: 60).imagesPerSecond
        #expect(rates.count == 60)
        #expect(abs(rates[0] - 1) < 1e-9 && abs(rates[29] - 1) < 1e-9 && abs(rates[59] - 3) < 1e-9)
        #expect(abs(rates[5] - 7) < 1e-9)
        #expect(abs(rates.reduce(0, +) - 126) < 1e-6)
    }

    @Test func sizesAreDividedIntoBinsOfEqualNumber() {
        func chosen(_ count: Int, size: (Int) -> Double = { Double($0) / 50 }) -> [SizeChart.Bin] {
            SizeChart.bins(images: count, size: size, iou: { Double(($0 * 7) % 50) / 50 })
        }
        let bins = chosen(50)
        #expect(bins.count == 10)
        // The first five sizes are 0, .02 ... .08; their IoU 0, .14, .28, .42, .56.
        #expect(abs(bins[0].size - 0.04) < 1e-12)
        #expect((bins[0].lower, bins[0].median, bins[0].upper) == (0.14, 0.28, 0.42))
        #expect(SizeChart(bins: chosen(9), baseline: nil).svg == nil, "one bin is no curve")
        #expect(SizeChart(bins: bins, baseline: nil).svg != nil)
        #expect(SizeChart(bins: chosen(50) { _ in 0.4 }, baseline: nil).svg == nil, "one size is no curve")
    }

    @Test func theEdgesOfBinsAreShort() {
        let text = HistogramChart(counts: [Int](repeating: 1, count: 20), baseline: nil).svg.text
        #expect(text.contains("<title>IoU .10 to .15: 1 images") && text.contains("<title>IoU .95 to 1.00: 1 images"))
        #expect(!text.contains("000000"))
    }

    @Test func groupsAreThoseOfTheMetrics() throws {
        let truth = SampleRun.ascending(40)
        let records = SampleRun.records(truth)
        let data = ReportData(records: records, groundTruth: truth, convention: .stnet, inputSize: 224)
        let breakdowns = Metrics(records: records, groundTruth: truth).breakdowns
        let expected = (breakdowns.bySize.groups + breakdowns.byBoxCount + breakdowns.byLabel).filter { $0.images > 0 }
        let rows = data.groups(baseline: nil, hasLabels: true).flatMap(\.rows)
        #expect(rows.map(\.rate) == expected.map { $0.localization.rate(at: 0.5) })
        let square = Baseline.centredSquare(0.7)
        let beside = data.groups(baseline: data.ious(of: square), hasLabels: true).flatMap(\.rows)
        let whole = Baselines(truth, convention: .stnet, only: square).rows[0].localization.rate(at: 0.5)
        #expect(beside.suffix(2).compactMap(\.baseline?.count).reduce(0, +) == whole.count)
    }

    /// A file beside the result may say anything of the time that it took.
    @Test(arguments: [5e-324, 1e-300, 1, 1e300])
    func aRunOfAnyLengthIsDrawn(seconds: Double) {
        let lease = RunFacts.Lease(start: 0, end: seconds, images: .max)
        let node = RunFacts.Node(name: "n", device: "", images: .max, leases: [lease, lease])
        #expect(!ThroughputChart(nodes: [node], seconds: seconds).svg.text.isEmpty)
        #expect(!TimelineChart(nodes: [node], seconds: seconds).svg.text.isEmpty)
    }
}
