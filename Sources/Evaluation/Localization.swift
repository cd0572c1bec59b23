/// How well boxes fit, the label taken as known (GT-known): rates over the images' IoU, in image order.
public struct Localization: Hashable, Sendable {
    /// The published table's .25, .50 and .75, and .30 and .70 of other works. An image counts from IoU >= threshold.
    public static let thresholds = [0.25, 0.30, 0.50, 0.70, 0.75]
    /// The histogram's bins: [i / 20, (i + 1) / 20), the last with its end.
    public static let binCount = 20

    let atThresholds: ThresholdRates
    /// One for each of `thresholds`.
    public var rates: [Rate] { atThresholds.rates }
    /// nil when there are no images.
    public let meanIoU: Double?
    /// Of the mean; nil under two images.
    public let meanIoUInterval: Interval?
    /// Images in each bin of IoU.
    public let histogram: [Int]

    public init(ious: [Double]) {
        atThresholds = ThresholdRates(ious: ious, of: ious.count)
        meanIoU = ious.isEmpty ? nil : ious.reduce(0, +) / Double(ious.count)
        meanIoUInterval = Interval.ofMean(ious)
        var histogram = [Int](repeating: 0, count: Localization.binCount)
        for iou in ious {
            let bin = min(max(iou, 0), 1) * Double(Localization.binCount)
            histogram[min(Int(bin), Localization.binCount - 1)] += 1
        }
        self.histogram = histogram
    }

    /// From numbers that were written down: one rate for each of the thresholds, no histogram.
    init(rates: [Rate], meanIoU: Double?, meanIoUInterval: Interval?) {
        atThresholds = ThresholdRates(rates: rates)
        self.meanIoU = meanIoU
        self.meanIoUInterval = meanIoUInterval
        histogram = []
    }

    /// The rate at one of `thresholds`.
    public func rate(at threshold: Double) -> Rate { atThresholds.rate(at: threshold) }
}
