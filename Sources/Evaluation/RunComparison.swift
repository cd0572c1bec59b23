import Bytes

/// Two runs over the same images, image by image.
public struct RunComparison: Sendable {
    /// A question that each image answers with yes or no.
    public struct Criterion: Sendable {
        public var name: String
        public var isMet: @Sendable (ImageRecord) -> Bool
    }

    /// What can be asked of both runs: boxes alone have no label.
    public let criteria: [Criterion]
    private static let ofBoxes = [0.25, 0.5, 0.75].map { threshold in
        Criterion(name: "IoU >= \(decimal(threshold, places: 2))") { $0.iou >= threshold }
    }
    private static let ofAll =
        [Criterion(name: "label", isMet: \.isTop1Right)] + ofBoxes
        + [Criterion(name: "label and IoU >= 0.50") { $0.isTop1Right && $0.iou >= 0.5 }]

    /// One for each of `criteria`.
    public let outcomes: [PairedOutcome]
    /// Images whose answer to any of the questions differs, in the runs' order.
    public let changed: [Change]
    /// Over all images, the second run's minus the first's; nil without an image.
    public let meanIoUDifference: Double?
    /// Of it, over the images' own differences; nil under two images.
    public let meanIoUDifferenceInterval: Interval?

    public struct Change: Sendable {
        public var first: ImageRecord
        public var second: ImageRecord
    }

    /// The two runs are about different images.
    public struct Mismatch: Error, CustomStringConvertible, Equatable {
        public let description: String
    }

    /// - Parameters: records without failures, in the order of the runs' manifest.
    public init(first: [ImageRecord], second: [ImageRecord]) throws(Mismatch) {
        guard first.count == second.count else {
            throw Mismatch(description: "the runs have \(first.count) and \(second.count) images")
        }
        let haveLabels = [first, second].allSatisfy { $0.contains { !$0.top5.isEmpty } }
        let criteria = haveLabels ? Self.ofAll : Self.ofBoxes
        var outcomes = criteria.map { _ in PairedOutcome() }
        var changed: [Change] = []
        var differences: [Double] = []
        for (one, other) in zip(first, second) {
            guard one.id == other.id else {
                throw Mismatch(
                    description: "the runs' images differ: \(one.id) in one stands where \(other.id) does in the other")
            }
            guard one.label == other.label else {
                throw Mismatch(
                    description: "image \(one.id) has class \(one.label) in one run and \(other.label) in the other")
            }
            var differs = false
            for (place, criterion) in criteria.enumerated() {
                let (a, b) = (criterion.isMet(one), criterion.isMet(other))
                outcomes[place].count(first: a, second: b)
                if a != b { differs = true }
            }
            if differs { changed.append(Change(first: one, second: other)) }
            differences.append(other.iou - one.iou)
        }
        self.criteria = criteria
        self.outcomes = outcomes
        self.changed = changed
        meanIoUDifference = first.isEmpty ? nil : differences.reduce(0, +) / Double(first.count)
        meanIoUDifferenceInterval = .ofMean(differences, in: -1...1)
    }

    /// For a terminal of so many columns.
    public func plain(first: String, second: String, width: Int) -> String {
        let header = ["", first, second, "only \(first)", "only \(second)", "p (McNemar)", "images"]
        let rows = zip(criteria, outcomes).map { criterion, outcome in
            [
                TextTable.Cell(criterion.name),
                TextTable.Cell(percent(outcome.first), note: percentInterval(outcome.first)),
                TextTable.Cell(percent(outcome.second), note: percentInterval(outcome.second)),
                TextTable.Cell("\(outcome.onlyFirst)"), TextTable.Cell("\(outcome.onlySecond)"),
                TextTable.Cell(Self.text(p: outcome.p)), TextTable.Cell("\(outcome.images)"),
            ]
        }
        var notes: [String] = []
        if let meanIoUDifference {
            let interval =
                meanIoUDifferenceInterval.map { " (\(Self.signed($0.low)) to \(Self.signed($0.high)))" } ?? ""
            notes.append("Mean IoU of \(second) minus that of \(first): \(Self.signed(meanIoUDifference))\(interval).")
        }
        notes.append(
            "Percent of images, with 95 % Wilson intervals (of the difference: normal); IoU is GT-known, label and IoU >= .50 "
                + "is Top-1 Loc. p: the probability that chance alone divides the images on which exactly one is right so "
                + "unevenly (McNemar's exact test); \(criteria.count) tests stand here.")
        if criteria.count < Self.ofAll.count {
            notes.append("Labels are not compared: boxes and maps that were scored have none.")
        }
        // How many images it are stands with the runs' names.
        return TextTable(header: header, rows: rows, optional: [6]).plain(width: width) + "\n"
            + notes.flatMap { $0.wrapped(width: width, indent: "  ") }.map { $0 + "\n" }.joined()
    }

    /// `haveSameFiles`: whether both runs evaluated the same image files; nil where that is not known.
    public func json(haveSameFiles: Bool?) -> JSON {
        .object([
            ("same_image_files", haveSameFiles.map { .bool($0) } ?? .null),
            (
                "criteria",
                .array(
                    zip(criteria, outcomes).map { criterion, outcome in
                        .object([
                            ("name", .string(criterion.name)), ("images", .int(outcome.images)),
                            ("first", outcome.first.json), ("second", outcome.second.json),
                            ("both", .int(outcome.bothRight)), ("only_first", .int(outcome.onlyFirst)),
                            ("only_second", .int(outcome.onlySecond)), ("neither", .int(outcome.neither)),
                            ("mcnemar_p", .double(outcome.p)),
                        ])
                    })
            ),
            ("mean_iou_difference", JSON(meanIoUDifference)),
            ("mean_iou_difference_interval", JSON(meanIoUDifferenceInterval)), ("changed_images", .int(changed.count)),
        ])
    }

    /// By which such a file is recognised.
    public static let csvHeading = "id,label,first_class,second_class,first_iou,second_iou\n"

    /// One line an image that changed, with a heading.
    public var changedCSV: String {
        var text = Self.csvHeading
        for change in changed {
            text +=
                "\(CSVField.quoted(change.first.id)),\(change.first.label),\(change.first.top5.first ?? -1),"
                + "\(change.second.top5.first ?? -1),\(change.first.iou),\(change.second.iou)\n"
        }
        return text
    }

    private static func signed(_ value: Double) -> String {
        (value < 0 ? "-" : "+") + decimal(abs(value), places: 3)
    }

    private static func text(p: Double) -> String {
        if p >= 0.001 { return decimal(p, places: 3) }
        return p >= 1e-6 ? decimal(p, places: 6) : "< 0.000001"
    }
}
