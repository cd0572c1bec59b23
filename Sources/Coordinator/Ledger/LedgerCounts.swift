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
    /// Evaluated images whose file is the coordinator's own copy.
    public var filesCompared = 0

    public init() {}

    /// Images that need no further evaluation.
    public var done: Int { evaluated + failed }

    /// Adds an image's result, or with the sign -1 takes it back.
    mutating func add(_ place: ResultPlace, sign: Int = 1) {
        guard !place.isFailed else {
            failed += sign
            return
        }
        evaluated += sign
        if place.isTop1Right { top1Right += sign }
        if place.isTop5Right { top5Right += sign }
        if place.isIoU25 { iou25 += sign }
        if place.isIoU50 { iou50 += sign }
        if place.isIoU75 { iou75 += sign }
        if place.isFileCompared { filesCompared += sign }
    }
}
