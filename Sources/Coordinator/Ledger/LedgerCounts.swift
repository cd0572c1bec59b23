import Protocol

/// Running sums over the images that have a result, for the live accuracy.
public struct LedgerCounts: Sendable, Hashable {
    public var evaluated = 0
    public var failed = 0
    public var top1Right = 0
    public var top5Right = 0
    /// Images with an IoU of at least .25, .50 and .75.
    public var iou25 = 0
    public var iou50 = 0
    public var iou75 = 0

    public init() {}

    /// Images that need no further evaluation.
    public var done: Int { evaluated + failed }

    mutating func add(_ outcome: ImageResult.Outcome, label: Int, sign: Int = 1) {
        switch outcome {
        case .failed: failed += sign
        case .evaluated(let found):
            evaluated += sign
            if found.top5.first.map(Int.init) == label { top1Right += sign }
            if found.top5.contains(where: { Int($0) == label }) { top5Right += sign }
            if found.iou >= 0.25 { iou25 += sign }
            if found.iou >= 0.50 { iou50 += sign }
            if found.iou >= 0.75 { iou75 += sign }
        }
    }
}
