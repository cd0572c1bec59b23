import Bytes

/// What the precision `fast` changed, on the images of a run that were evaluated in `exact` too.
public struct PrecisionAgreement: Hashable, Sendable {
    /// The same best class.
    public let sameLabel: Rate
    /// The same box to the bit.
    public let sameBox: Rate
    /// The overlap of the two boxes, in the run's convention; nil without an image.
    public let meanIoU: Double?

    /// Of the records that have both.
    public init(records: some Sequence<ImageRecord>, convention: IoUConvention) {
        var (count, labels, boxes) = (0, 0, 0)
        var sum = 0.0
        for record in records {
            guard let exact = record.exact, !record.isFailed else { continue }
            count += 1
            if record.top5.first == exact.label { labels += 1 }
            if record.box == exact.box { boxes += 1 }
            sum += convention.iou(record.box, exact.box)
        }
        sameLabel = Rate(count: labels, of: count)
        sameBox = Rate(count: boxes, of: count)
        meanIoU = count > 0 ? sum / Double(count) : nil
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
