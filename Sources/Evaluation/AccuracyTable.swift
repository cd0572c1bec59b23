import Bytes

/// The accuracy table, one row a network: Top-1 Loc at IoU .50, GT-known Loc at .25, .50 and .75, Top-5 Loc, and behind them
/// label accuracy, GT-known Loc at .30 and .70 and the mean IoU; the baselines below.
/// A network whose certificate is not valid has no accuracy here: its row says INVALID, and why stands below.
public struct AccuracyTable: Sendable {
    public struct Row: Sendable {
        public var network: String
        public var metrics: Metrics
        public var certificate: Certificate
        /// In precision `fast`: how it compares with `exact`.
        public var agreement: PrecisionAgreement?
        /// Whether there is a label accuracy.
        public var hasLabels: Bool
        /// Where the boxes come from score maps.
        public var maps: MapReport?

        public init(
            network: String, metrics: Metrics, certificate: Certificate, agreement: PrecisionAgreement? = nil,
            hasLabels: Bool = true, maps: MapReport? = nil
        ) {
            self.maps = maps
            self.hasLabels = hasLabels
            self.agreement = agreement
            self.network = network
            self.metrics = metrics
            self.certificate = certificate
        }
    }

    public var rows: [Row]
    public var baselines: Baselines
    public var convention: IoUConvention

    public init(rows: [Row], baselines: Baselines, convention: IoUConvention) {
        self.rows = rows
        self.baselines = baselines
        self.convention = convention
    }

    /// The content of `table.md`.
    public var markdown: String {
        let invalid = invalidLines { $0.reasons }.map { "**\($0)**" }
        let notes = (invalid + rows.map(remark) + [explanation]).map { "\n\($0)\n" }
        let maps = validRows.compactMap { row in
            row.maps.map { "\n\($0.table(row.network).markdown)\n\($0.explanation)\n" }
        }
        return table.markdown + notes.joined() + maps.joined()
            + validRows.map { BreakdownTable(row: $0).markdown }.joined()
    }

    /// For a terminal of so many columns. The result stands at its end once more, where it is seen first.
    public func plain(width: Int) -> String {
        let maps = validRows.compactMap { row in
            row.maps.map {
                "\n" + $0.table(row.network).plain(width: width) + "\n"
                    + Self.paragraphs([$0.explanation], width: width)
            }
        }
        // What a run says of single images while it goes on is not said again.
        let remarks = rows.flatMap { row in
            labelled(row, labelLine(row) + breakdownLine(row) + [coverage(row)])
        }
        let table = table.plain(width: width)
        return table + "\n"
            + Self.paragraphs(
                invalidLines { $0.briefReasons } + remarks + [explanation(of: table)], width: width)
            + maps.joined() + "\n" + Self.paragraphs(rows.map(headline), width: width)
    }

    /// The baselines alone, for a terminal.
    public static func plain(_ baselines: Baselines, convention: IoUConvention, width: Int) -> String {
        let table = AccuracyTable(rows: [], baselines: baselines, convention: convention)
        let text = table.table.plain(width: width)
        return text + "\n" + paragraphs([table.explanation(of: text)], width: width)
    }

    private static func paragraphs(_ texts: [String], width: Int) -> String {
        texts.map { text in text.onOneLine.wrapped(width: width, indent: "  ").map { $0 + "\n" }.joined() }.joined()
    }

    /// Of several networks each line says which one it is about.
    private func labelled(_ row: Row, _ lines: [String]) -> [String] {
        rows.count == 1 ? lines : lines.map { "\(row.network): \($0)" }
    }

    // MARK: Columns

    private struct Column {
        var name: String
        /// A narrow terminal does without.
        var isOptional = false
        /// Of a network; nil where a row of boxes without a label has no such column.
        var cell: (Metrics) -> TextTable.Cell
        /// Of a baseline; "-" where it has none.
        var ofBaseline: ((Baselines.Row) -> TextTable.Cell)?
    }

    private var columns: [Column] {
        let known = { (threshold: Double, isOptional: Bool) in
            Column(
                name: "GT-known \(shortDecimal(threshold))", isOptional: isOptional,
                cell: { .rate($0.localization.rate(at: threshold)) },
                ofBaseline: { .rate($0.localization.rate(at: threshold)) })
        }
        // Boxes that were scored, and baselines alone, have no label: the columns would be empty.
        let hasLabels = rows.contains(where: \.hasLabels)
        let first = Column(name: "Top-1 Loc .50") { .rate($0.top1Localization.rate(at: 0.5)) }
        let labels = [
            Column(name: "Top-5 Loc .50") { .rate($0.top5Localization.rate(at: 0.5)) },
            Column(name: "top-1 acc.", isOptional: true) { .rate($0.labelTop1) },
            Column(name: "top-5 acc.", isOptional: true) { .rate($0.labelTop5) },
        ]
        let mean = Column(
            name: "mean IoU", isOptional: hasLabels, cell: { .mean(of: $0.localization) },
            ofBaseline: { .mean(of: $0.localization) })
        return (hasLabels ? [first] : []) + [known(0.25, false), known(0.5, false), known(0.75, false)]
            + (hasLabels ? labels : []) + [known(0.3, true), known(0.7, true), mean]
    }

    var table: TextTable {
        let columns = columns
        let networks = rows.map { row -> [TextTable.Cell] in
            let name = TextTable.Cell(row.network)
            guard row.certificate.isValid else {
                let coverage = "\(row.certificate.evaluated) of \(row.certificate.expected)"
                return [name, TextTable.Cell("INVALID")] + columns.dropFirst().map { _ in dash }
                    + [TextTable.Cell(coverage)]
            }
            let cells = columns.map { column in
                column.ofBaseline == nil && !row.hasLabels ? dash : column.cell(row.metrics)
            }
            return [name] + cells + [TextTable.Cell("\(row.metrics.counts.evaluated)")]
        }
        let below = baselines.rows.map { row in
            [TextTable.Cell(row.name)] + columns.map { $0.ofBaseline?(row) ?? dash }
                + [TextTable.Cell("\(baselines.imageCount)")]
        }
        var optional = Set(columns.indices.filter { columns[$0].isOptional }.map { $0 + 1 })
        // How many images it are stands below, too.
        if !rows.isEmpty { optional.insert(columns.count + 1) }
        return TextTable(
            header: [rows.isEmpty ? "baseline" : "method"] + columns.map(\.name) + ["images"], rows: networks + below,
            optional: optional)
    }

    private var dash: TextTable.Cell { TextTable.Cell("-") }

    // MARK: Sentences

    private func invalidLines(_ reasons: (Certificate) -> [String]) -> [String] {
        rows.filter { !$0.certificate.isValid }.map { row in
            // A reason may be what a node said of an image.
            "INVALID: \(row.network): \(reasons(row.certificate).joined(separator: "; "))".onOneLine
        }
    }

    /// For `table.md`, which has no room for every column.
    private func remark(_ row: Row) -> String {
        var line = "\(row.network): \(row.certificate.coverageBehindTitle)."
        if row.certificate.isValid, row.hasLabels {
            line += " Top-1 Loc at IoU .25 and .75: \(listed(row.metrics.top1Localization))"
            line += "; Top-5 Loc: \(listed(row.metrics.top5Localization))."
        }
        if let agreement = row.agreement { line += " " + agreement.text }
        return line.onOneLine
    }

    private func coverage(_ row: Row) -> String {
        let text = row.certificate.coverageBehindTitle + "."
        return (row.agreement.map { "\(text) \($0.text)" } ?? text).onOneLine
    }

    private func labelLine(_ row: Row) -> [String] {
        guard row.certificate.isValid, row.hasLabels else { return [] }
        return ["Top-1 accuracy \(text(row.metrics.labelTop1)), top-5 accuracy \(text(row.metrics.labelTop5))."]
    }

    private func breakdownLine(_ row: Row) -> [String] {
        row.certificate.isValid ? [BreakdownTable(row: row).line] : []
    }

    /// What people look for.
    private func headline(_ row: Row) -> String {
        guard row.certificate.isValid else {
            return
                "INVALID: \(row.network): \(row.certificate.evaluated) of \(row.certificate.expected) images evaluated, "
                + "no accuracy"
        }
        func shown(_ name: String, _ rate: Rate) -> String {
            "\(name) \(percent(rate)) %" + (percentInterval(rate).map { " (\($0))" } ?? "")
        }
        let metrics = row.metrics
        let known = shown("GT-known Loc .50", metrics.localization.rate(at: 0.5))
        let top1 = row.hasLabels ? shown("Top-1 Loc .50", metrics.top1Localization.rate(at: 0.5)) + ", " : ""
        return "VALID: \(row.network), \(grouped(metrics.counts.evaluated)) images: \(top1)\(known)"
    }

    private var validRows: [Row] { rows.filter(\.certificate.isValid) }

    /// "77.8 (74.5-80.9)"
    private func text(_ rate: Rate) -> String { percent(rate) + (percentInterval(rate).map { " (\($0))" } ?? "") }

    private func listed(_ rates: ThresholdRates) -> String {
        [0.25, 0.75].map { text(rates.rate(at: $0)) }.joined(separator: ", ")
    }

    var explanation: String { explanation(hasIntervals: true) }

    /// On the narrowest terminals a table has no intervals.
    private func explanation(of table: String) -> String {
        explanation(hasIntervals: table.contains(/[0-9]\.[0-9]+-[0-9]/))
    }

    private func explanation(hasIntervals: Bool) -> String {
        (hasIntervals ? "Percent of images, with 95 % Wilson intervals (mean IoU: normal). " : "Percent of images. ")
            + "GT-known .50: IoU of at least .50, whatever the "
            + "predicted label. "
            + (rows.contains(where: \.hasLabels)
                ? "Top-1 Loc: and the predicted label is right; Top-5 Loc: it is among the five. " : "")
            + "IoU convention: \(convention.rawValue). square .75: a centred box whose side is 75 % of the input's. A best "
            + "square was chosen on these very images: its rates are optimistic."
    }
}

/// "77.8"; "-" of nothing.
func percent(_ rate: Rate) -> String { rate.value.map { decimal(100 * $0, places: 1) } ?? "-" }

/// "74.5-80.9"
func percentInterval(_ rate: Rate) -> String? {
    rate.interval.map { "\(decimal(100 * $0.low, places: 1))-\(decimal(100 * $0.high, places: 1))" }
}
