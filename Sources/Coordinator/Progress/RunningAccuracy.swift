/// The accuracy over the images that are done: for the eye only, the result's metrics are computed from its records.
public struct RunningAccuracy: Sendable, Hashable {
    /// Images with a result so far; failed images do not count, as in the result's metrics.
    public var evaluated = 0
    /// The best class is the label.
    public var top1Correct = 0
    /// The box overlaps a ground-truth box by at least one half, whatever the best class.
    public var localized = 0

    public init(evaluated: Int = 0, top1Correct: Int = 0, localized: Int = 0) {
        self.evaluated = evaluated
        self.top1Correct = top1Correct
        self.localized = localized
    }

    /// 0 to 1; nil before the first result.
    public var top1: Double? { evaluated > 0 ? Double(top1Correct) / Double(evaluated) : nil }
    /// 0 to 1; nil before the first result.
    public var localization: Double? { evaluated > 0 ? Double(localized) / Double(evaluated) : nil }

    /// "so far: top-1 accuracy 71.2 %", "GT-known Loc .50 48.0 %"; empty before the first result.
    /// - Parameter isOver: no more images come.
    public func parts(isOver: Bool = false) -> [String] {
        guard let top1, let localization else { return [] }
        return [
            "\(isOver ? "" : "so far: ")top-1 accuracy \(Progress.fixed(top1 * 100)) %",
            "GT-known Loc .50 \(Progress.fixed(localization * 100)) %",
        ]
    }
}
