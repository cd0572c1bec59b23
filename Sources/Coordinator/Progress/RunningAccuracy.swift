import Protocol

/// The accuracy over the images that are done: for the eye only, the result's metrics are computed from its records.
public struct RunningAccuracy: Sendable, Hashable {
    /// Images with a result so far; failed images do not count, as in the result's metrics.
    public private(set) var evaluated = 0
    /// The best class is the label.
    public private(set) var top1Correct = 0
    /// The box overlaps a ground-truth box by at least one half, whatever the best class.
    public private(set) var localized = 0

    public init() {}

    public mutating func add(_ outcome: ImageResult.Outcome, label: UInt32) {
        guard case .evaluated(let result) = outcome else { return }
        evaluated += 1
        if result.top5.first == label { top1Correct += 1 }
        if result.iou >= 0.5 { localized += 1 }
    }

    /// 0 to 1; nil before the first result.
    public var top1: Double? { evaluated > 0 ? Double(top1Correct) / Double(evaluated) : nil }
    /// 0 to 1; nil before the first result.
    public var localization: Double? { evaluated > 0 ? Double(localized) / Double(evaluated) : nil }

    /// "so far: top-1 71.2 %, IoU >= 0.5 48.0 %"; nil before the first result.
    public var line: String? {
        guard let top1, let localization else { return nil }
        return "so far: top-1 \(Progress.fixed(top1 * 100)) %, IoU >= 0.5 \(Progress.fixed(localization * 100)) %"
    }
}
