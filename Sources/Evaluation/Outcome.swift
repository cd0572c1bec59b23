/// What breakdowns and charts need of an evaluated image: small, because a run may have a million of them.
struct Outcome: Sendable {
    var iou: Double
    /// Share of the input that the true boxes cover, see `BoxCoverage`; NaN where they are not known.
    var coverage: Float
    var label: Int32
    /// How many true boxes the image has; 0 where they are not known.
    var boxes: UInt16
    var isTop1Right: Bool
    var isTop5Right: Bool

    init(_ record: ImageRecord, _ truth: GroundTruth?) {
        iou = record.iou
        coverage = truth.map { Float(BoxCoverage.share(of: $0.boxes, inputSize: $0.inputSize)) } ?? .nan
        label = Int32(clamping: record.label)
        boxes = UInt16(clamping: truth?.boxes.count ?? 0)
        isTop1Right = record.isTop1Right
        isTop5Right = record.isTop5Right
    }

    /// Whether the image's true boxes are known.
    var hasTruth: Bool { !coverage.isNaN }
}
