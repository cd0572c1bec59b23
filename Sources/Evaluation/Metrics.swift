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
        /// Summed over the images.
        public var ties = 0
        public var ineligible = 0

        public init() {}
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
    ///   - records: walked over more than once, as the truth is.
    ///   - groundTruth: of the images asked for, in the records' order.
    public init(records: some Sequence<ImageRecord>, groundTruth: some Sequence<GroundTruth>) {
        var counts = Counts()
        var top1IoUs: [Double] = []
        var top5IoUs: [Double] = []
        var droppedMass = 0.0
        var ious: [Double] = []
        ious.reserveCapacity(records.underestimatedCount)
        for record in records {
            if record.isFailed {
                counts.failed += 1
                continue
            }
            counts.evaluated += 1
            if record.flags.contains(.empty) { counts.empty += 1 }
            if record.flags.contains(.resized) { counts.resized += 1 }
            if record.flags.contains(.sizeMismatch) { counts.sizeMismatch += 1 }
            if record.flags.contains(.groundTruthOutside) { counts.groundTruthOutside += 1 }
            counts.ties += record.ties
            counts.ineligible += record.ineligible
            if record.isTop1Right { top1IoUs.append(record.iou) }
            if record.isTop5Right { top5IoUs.append(record.iou) }
            droppedMass += record.droppedMass
            ious.append(record.iou)
        }
        self.counts = counts
        labelTop1 = Rate(count: top1IoUs.count, of: counts.evaluated)
        labelTop5 = Rate(count: top5IoUs.count, of: counts.evaluated)
        top1Localization = ThresholdRates(ious: top1IoUs, of: counts.evaluated)
        top5Localization = ThresholdRates(ious: top5IoUs, of: counts.evaluated)
        localization = Localization(ious: ious)
        meanDroppedMass = counts.evaluated == 0 ? nil : droppedMass / Double(counts.evaluated)
        breakdowns = Breakdowns(records: records, groundTruth: groundTruth)
    }
}
