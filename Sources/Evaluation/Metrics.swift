/// What a run says about its images together: a pure function of the records in manifest order.
///
/// Every rate is over the *evaluated* images: a failed image has neither label nor box, and counting it as wrong
/// would hide a broken input in a slightly lower accuracy. Instead one failed image makes the certificate invalid.
public struct Metrics: Hashable, Sendable {
    public struct Counts: Hashable, Sendable {
        /// Images with a result.
        public var evaluated = 0
        public var failed = 0
        /// Images with an all-zero gating map.
        public var empty = 0
        /// Images with the flags `resized` and `size-mismatch`.
        public var resized = 0
        public var sizeMismatch = 0
        /// Images with no ground-truth box inside the crop.
        public var groundTruthOutside = 0
        /// Summed over the images; a sum that passes the largest integer stays there.
        public var ties = 0
        public var ineligible = 0

        public init() {}

        /// Adds an evaluated image. The numbers may be anybody's: no sum of them traps.
        mutating func add(_ record: ImageRecord) {
            evaluated += 1
            if !record.flags.isEmpty {
                if record.flags.contains(.empty) { empty += 1 }
                if record.flags.contains(.resized) { resized += 1 }
                if record.flags.contains(.sizeMismatch) { sizeMismatch += 1 }
                if record.flags.contains(.groundTruthOutside) { groundTruthOutside += 1 }
            }
            ties = Self.sum(ties, record.ties)
            ineligible = Self.sum(ineligible, record.ineligible)
        }

        private static func sum(_ a: Int, _ b: Int) -> Int {
            let (sum, overflows) = a.addingReportingOverflow(b)
            return overflows ? (b > 0 ? Int.max : Int.min) : sum
        }
    }

    public let counts: Counts
    /// Label accuracy: the highest score is the true class's; the true class is among the five highest.
    public let labelTop1: Rate
    public let labelTop5: Rate
    /// With the label known.
    public let localization: Localization
    /// The highest score is the true class's, and the box fits.
    public let top1Localization: ThresholdRates
    /// The true class is among the five highest, and the box fits.
    public let top5Localization: ThresholdRates
    /// The same accuracies of parts of the images.
    public let breakdowns: Breakdowns
    /// Over the evaluated images; nil when there are none.
    public let meanDroppedMass: Double?

    /// - Parameters:
    ///   - records: in the manifest's order.
    ///   - groundTruth: of the images asked for.
    public init(records: some Sequence<ImageRecord>, groundTruth: some Sequence<GroundTruth>) {
        self.init(RunStatistics(records: records, groundTruth: groundTruth, convention: .stnet))
    }

    public init(_ statistics: RunStatistics) {
        let outcomes = statistics.outcomes
        counts = statistics.counts
        let top1IoUs = outcomes.lazy.filter(\.isTop1Right).map(\.iou)
        let top5IoUs = outcomes.lazy.filter(\.isTop5Right).map(\.iou)
        labelTop1 = Rate(count: outcomes.count(where: \.isTop1Right), of: counts.evaluated)
        labelTop5 = Rate(count: outcomes.count(where: \.isTop5Right), of: counts.evaluated)
        top1Localization = ThresholdRates(ious: Array(top1IoUs), of: counts.evaluated)
        top5Localization = ThresholdRates(ious: Array(top5IoUs), of: counts.evaluated)
        localization = Localization(ious: outcomes.map(\.iou))
        meanDroppedMass = counts.evaluated == 0 ? nil : statistics.droppedMass / Double(counts.evaluated)
        breakdowns = Breakdowns(outcomes)
    }
}
