import Bytes

/// What the precision `fast` changed, on the images of a run that were evaluated in `exact` too.
public struct PrecisionAgreement: Hashable, Sendable {
    /// The same best class.
    public let sameLabel: Rate
    /// The same box to the bit.
    public let sameBox: Rate
    /// The overlap of the two boxes, in the run's convention; nil without an image.
    public let meanIoU: Double?

    /// What is counted of the records that have both.
    struct Tally: Sendable {
        private(set) var (count, labels, boxes) = (0, 0, 0)
        private(set) var sum = 0.0

        mutating func add(_ record: ImageRecord, _ convention: IoUConvention) {
            guard let exact = record.exact, !record.isFailed else { return }
            count += 1
            if record.top5.first == exact.label { labels += 1 }
            if record.box == exact.box { boxes += 1 }
            sum += convention.iou(record.box, exact.box)
        }
    }

    public init(records: some Sequence<ImageRecord>, convention: IoUConvention) {
        var tally = Tally()
        for record in records { tally.add(record, convention) }
        self.init(tally)
    }

    init(_ tally: Tally) {
        sameLabel = Rate(count: tally.labels, of: tally.count)
        sameBox = Rate(count: tally.boxes, of: tally.count)
        meanIoU = tally.count > 0 ? tally.sum / Double(tally.count) : nil
    }

    public var json: JSON {
        .object([
            ("images", .int(sameLabel.of)), ("same_label", sameLabel.json), ("same_box", sameBox.json),
            ("mean_iou", JSON(meanIoU)),
        ])
    }

    /// One sentence below the table.
    var text: String {
        guard let meanIoU else { return "Precision fast; no image was evaluated in exact too." }
        func share(_ rate: Rate) -> String {
            percent(rate) + (percentInterval(rate).map { " (\($0))" } ?? "")
        }
        return "Precision fast; of \(sameLabel.of) images that were evaluated in exact too, the label is the same for "
            + "\(share(sameLabel)) and the box for \(share(sameBox)), the boxes' mean IoU is "
            + "\(decimal(meanIoU, places: 3))."
    }
}
