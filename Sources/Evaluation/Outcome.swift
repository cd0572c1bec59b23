/// What the breakdowns need of an evaluated image: small, because a run may have a million of them.
struct Outcome: Sendable {
    var iou: Double
    /// Share of the input that the true boxes cover; see `BoxCoverage`.
    var coverage: Float
    var label: Int32
    /// How many true boxes the image has.
    var boxes: UInt16
    var isTop1Right: Bool
    var isTop5Right: Bool

    init(_ record: ImageRecord, _ facts: Facts) {
        iou = record.iou
        coverage = facts.coverage
        label = Int32(truncatingIfNeeded: record.label)
        boxes = facts.boxes
        isTop1Right = record.isTop1Right
        isTop5Right = record.isTop5Right
    }

    /// What is known of an image before anyone evaluates it.
    struct Facts: Sendable {
        var coverage: Float
        var boxes: UInt16

        init(_ truth: GroundTruth) {
            coverage = Float(BoxCoverage.share(of: truth.boxes, inputSize: truth.inputSize))
            boxes = UInt16(clamping: truth.boxes.count)
        }
    }

    /// The outcomes of the records that did not fail, in the records' order; records of images without a truth are
    /// left out, and such a run is invalid anyway.
    static func of(_ records: some Sequence<ImageRecord>, _ truth: some Sequence<GroundTruth>) -> [Outcome] {
        ascending(records, truth) ?? unordered(records, truth)
    }

    /// One walk over both, where the records are in the order of the truth, some of them missing perhaps.
    private static func ascending(
        _ records: some Sequence<ImageRecord>, _ truth: some Sequence<GroundTruth>
    ) -> [Outcome]? {
        var outcomes: [Outcome] = []
        var truth = truth.makeIterator()
        for record in records {
            while true {
                guard let image = truth.next() else { return nil }
                guard image.id == record.id else { continue }
                if !record.isFailed { outcomes.append(Outcome(record, Facts(image))) }
                break
            }
        }
        return outcomes
    }

    private static func unordered(
        _ records: some Sequence<ImageRecord>, _ truth: some Sequence<GroundTruth>
    ) -> [Outcome] {
        var facts: [String: Facts] = [:]
        for image in truth { facts[image.id] = Facts(image) }
        return records.compactMap { record in
            record.isFailed ? nil : facts[record.id].map { Outcome(record, $0) }
        }
    }
}
