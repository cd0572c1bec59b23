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
        /// Images whose decoded size is not the annotation's.
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
    /// Top-1 localization: the label right and IoU >= .5.
    public let top1LocalizationAtHalf: Rate
    /// Over the evaluated images; nil when there are none.
    public let meanDroppedMass: Double?

    public init(records: some Sequence<ImageRecord>) {
        var counts = Counts()
        var top1 = 0
        var top5 = 0
        var localized = 0
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
            if record.flags.contains(.sizeMismatch) { counts.sizeMismatch += 1 }
            if record.flags.contains(.groundTruthOutside) { counts.groundTruthOutside += 1 }
            counts.ties += record.ties
            counts.ineligible += record.ineligible
            if record.isTop1Right { top1 += 1 }
            if record.isTop5Right { top5 += 1 }
            if record.isTop1Right && record.iou >= 0.5 { localized += 1 }
            droppedMass += record.droppedMass
            ious.append(record.iou)
        }
        self.counts = counts
        labelTop1 = Rate(count: top1, of: counts.evaluated)
        labelTop5 = Rate(count: top5, of: counts.evaluated)
        top1LocalizationAtHalf = Rate(count: localized, of: counts.evaluated)
        localization = Localization(ious: ious)
        meanDroppedMass = counts.evaluated == 0 ? nil : droppedMass / Double(counts.evaluated)
    }
}
