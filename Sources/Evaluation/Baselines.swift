import SelectiveTuning

/// The rows that stand beside every result, under the same protocol and on the same images.
public struct Baselines: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var baseline: Baseline
        /// The threshold for which the side was chosen on these same images; nil for a side fixed beforehand.
        public var chosenAt: Double?
        public var localization: Localization

        public var name: String {
            guard let chosenAt else { return baseline.name }
            return "best \(baseline.name) at \(shortDecimal(chosenAt))"
        }
    }

    public let imageCount: Int
    public let rows: [Row]

    /// The whole frame; squares of the given sides; the best squares at .50 and at .75.
    public init(
        _ groundTruth: some Sequence<GroundTruth>, convention: IoUConvention, sides: [Double] = [0.70, 0.75, 0.85]
    ) {
        self.init(PackedBoxes(groundTruth), convention: convention, sides: sides)
    }

    init(_ images: PackedBoxes, convention: IoUConvention, sides: [Double] = [0.70, 0.75, 0.85]) {
        imageCount = images.count
        let fixed = [Baseline.wholeFrame] + sides.map { .centredSquare($0) }
        let squares = Baseline.allSquares(images, convention: convention)
        rows =
            fixed.map { baseline in
                Row(baseline: baseline, localization: baseline.evaluate(images, convention: convention))
            }
            + [0.50, 0.75].map { threshold in
                let best = Baseline.best(at: threshold, of: squares)
                return Row(
                    baseline: .centredSquare(best.side), chosenAt: threshold, localization: best.localization)
            }
    }

    init(imageCount: Int, rows: [Row]) {
        self.imageCount = imageCount
        self.rows = rows
    }

    /// One baseline alone.
    public init(_ groundTruth: some Sequence<GroundTruth>, convention: IoUConvention, only baseline: Baseline) {
        let images = PackedBoxes(groundTruth)
        imageCount = images.count
        rows = [Row(baseline: baseline, localization: baseline.evaluate(images, convention: convention))]
    }
}
