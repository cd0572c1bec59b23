import Bytes

/// Runs in one table, a row each, with what a box that looks at no image reaches under their conditions.
///
/// The first valid run sets the conditions. A run under others has a mark and a note: its numbers are measured otherwise, and no
/// comparison.
public struct RunTable: Sendable {
    public let rows: [RunRow]
    /// Whole frame and best square, under the conditions of the first valid run; where maps were measured, maps that look at no
    /// image too.
    public let baselines: [RunRow]
    /// The boxes of those rows.
    let baselineBoxes: [Baseline]
    /// Of the first valid run.
    public let conditions: RunRow.Conditions?

    public init(_ rows: [RunRow]) {
        self.rows = rows
        let first = rows.first { $0.state == .valid && $0.conditions != nil }
        conditions = first?.conditions
        let known = first?.baselines?.rows ?? []
        let shown = known.filter { $0.baseline == .wholeFrame || $0.chosenAt == 0.5 }
        baselineBoxes = first == nil ? [] : shown.map(\.baseline)
        let ofMaps = rows.first { row in
            row.state == .valid && !row.mapBaselines.isEmpty
                && first?.conditions.map { row.conditions?.difference(from: $0) == nil } ?? false
        }
        baselines =
            (first.map { first in shown.map { first.row(of: $0) } } ?? [])
            + (ofMaps.map { run in run.mapBaselines.map { run.baselineRow($0) } } ?? [])
    }

    /// Why a row cannot be compared with the first valid one; nil where it can.
    public func note(_ row: RunRow) -> String? {
        if let problem = row.problem { return problem }
        guard let conditions else { return nil }
        guard let own = row.conditions else { return "what it was measured on is not written down" }
        return own.difference(from: conditions).map { "under another protocol: \($0)" }
    }

    public func isComparable(_ row: RunRow) -> Bool { row.state == .valid && note(row) == nil }

    // MARK: For people

    /// What a file of this kind begins with.
    static let heading = "run"

    /// Whether a file that begins with these bytes is the Markdown of such a table. A run's own `table.md` is none.
    public static func isMarkdown(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: "| \(heading) ".utf8)
    }

    public var markdown: String {
        ([textTable.markdown] + notes.map { $0 + "\n" } + [explanation + "\n"]).joined(separator: "\n")
    }

    /// For a terminal: Markdown where it fits, else a table for so many columns.
    public func plain(width: Int) -> String {
        let wide = textTable.markdown
        let fits = wide.split(separator: "\n").allSatisfy { $0.count <= width }
        let table = fits ? wide : textTable.plain(width: width)
        let below = (notes + [explanation]).flatMap { $0.wrapped(width: width, indent: "  ") }
        return ([table] + below.map { $0 + "\n" }).joined()
    }

    var shownMeasures: [RunColumns.Measured] {
        RunColumns.measures.filter { column in
            !column.isOfMaps || rows.contains { $0.measures[column.name] != nil }
        }
    }

    /// A title of its own for each row: two runs may have been asked to do the same.
    func title(_ row: RunRow) -> String {
        let isShared = rows.count { $0.title == row.title } > 1 && !row.run.isEmpty
        var title = row.title
        if let sharedPart, title.hasSuffix(", " + sharedPart) { title.removeLast(sharedPart.count + 2) }
        return title + (isShared ? " (\(row.shortName))" : "") + mark(row)
    }

    /// "100 of 50,000 annotated", where every run that has numbers says so: said once, below.
    private var sharedPart: String? {
        let titles = rows.filter { $0.state == .valid || $0.state == .invalid }.map(\.title)
        guard let part = titles.first?.split(separator: ", ").last.map(String.init), part.hasSuffix(" annotated"),
            titles.allSatisfy({ $0.hasSuffix(", " + part) })
        else { return nil }
        return part
    }

    private func mark(_ row: RunRow) -> String { row.state == .valid && note(row) != nil ? " *" : "" }

    var textTable: TextTable {
        let columns = shownMeasures
        let cells = rows.map { row -> [TextTable.Cell] in
            let images =
                row.state == .invalid
                ? "\(row.facts["images"] ?? "-") of \(row.facts["expected"] ?? "-")" : row.facts["images"] ?? "-"
            guard row.state == .valid else {
                return [
                    TextTable.Cell(title(row)), TextTable.Cell(row.state == .invalid ? "INVALID" : row.state.rawValue),
                ]
                    + columns.dropFirst().map { _ in TextTable.Cell("-") } + [TextTable.Cell(images)]
            }
            return [TextTable.Cell(title(row))] + columns.map { cell(row, $0) } + [TextTable.Cell(images)]
        }
        let below = baselines.map { row in
            [TextTable.Cell(row.title)] + columns.map { cell(row, $0) } + [TextTable.Cell(row.facts["images"] ?? "-")]
        }
        var optional = Set(columns.indices.filter { columns[$0].isOptional }.map { $0 + 1 })
        optional.insert(columns.count + 1)
        return TextTable(
            header: [Self.heading] + columns.map(\.heading) + ["images"], rows: cells + below, optional: optional)
    }

    private func cell(_ row: RunRow, _ column: RunColumns.Measured) -> TextTable.Cell {
        guard let measure = row.measures[column.name] else { return TextTable.Cell("-") }
        return TextTable.Cell(decimal(measure.value, places: column.isShare ? 3 : 1))
    }

    /// What is to be said of single rows.
    var notes: [String] {
        rows.compactMap { row in
            note(row).map {
                "\(row.state == .valid ? "* " : "")\(title(row).replacing(" *", with: "")): \($0)".onOneLine
            }
        }
    }

    var explanation: String {
        var text =
            "Percent of images (mean IoU: 0 to 1). GT-known: whatever the predicted label; Top-1 Loc: and that is right."
        if let sharedPart { text += " Images: \(sharedPart)." }
        if let conditions {
            text += " IoU convention \(conditions.iou), preprocess \(conditions.preprocess)"
            text += conditions.classSource == "label" ? "." : ", class-source \(conditions.classSource)."
        }
        if !baselines.isEmpty {
            text += " The best square was chosen on these very images: its rates are optimistic."
        }
        let ofMaps = shownMeasures.filter(\.isOfMaps).map(\.name)
        if ofMaps.contains("max_box_acc") {
            let names = ofMaps.contains("piou") ? "MaxBoxAcc, MaxBoxAccV2 and pIoU" : "MaxBoxAcc and MaxBoxAccV2"
            text += " \(names) are at the thresholds that are best for these very images, the oracle's: optimistic too."
            if ofMaps.contains("max_box_acc_given") { text += " Given: at those of --threshold-from." }
        }
        return text + " Intervals (95 %) stand in the forms csv and json."
    }
}
