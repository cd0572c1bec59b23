import Bytes

/// The accuracy table in the published form, one row a network: label accuracy, then the share of images with
/// IoU >= .25, .50 and .75 when the label is known; .30, .70 and the mean IoU behind them; the baselines below.
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
        let notes = (invalidLines.map { "**\($0)**" } + coverageLines + [explanation]).map { "\n\($0)\n" }
        let maps = validRows.compactMap { row in
            row.maps.map { "\n\($0.table(row.network).markdown)\n\(MapReport.explanation)\n" }
        }
        return table.markdown + notes.joined() + maps.joined()
            + validRows.map { BreakdownTable(row: $0).markdown }.joined()
    }

    /// For a terminal.
    public var plain: String {
        let notes = invalidLines + coverageLines + validRows.flatMap { BreakdownTable(row: $0).lines }
        let maps = validRows.compactMap { row in
            row.maps.map { "\n\($0.table(row.network).plain)\n\(MapReport.explanation)\n" }
        }
        return table.plain + "\n" + notes.map { $0 + "\n" }.joined() + explanation + "\n" + maps.joined()
    }

    /// The baselines alone, for a terminal.
    public static func plain(_ baselines: Baselines, convention: IoUConvention) -> String {
        let table = AccuracyTable(rows: [], baselines: baselines, convention: convention)
        return table.table.plain + "\n" + table.explanation + "\n"
    }

    private static let order = [0.25, 0.50, 0.75, 0.30, 0.70]

    var table: TextTable {
        let shares = AccuracyTable.order.map { "IoU \(shortDecimal($0))" } + ["mean IoU"]
        let networks = rows.map { row -> [TextTable.Cell] in
            let name = TextTable.Cell(row.network)
            guard row.certificate.isValid else {
                let coverage = "\(row.certificate.evaluated) of \(row.certificate.expected)"
                return [name, TextTable.Cell(coverage), TextTable.Cell("INVALID")] + shares.map { _ in dash }
            }
            let count = TextTable.Cell("\(row.metrics.counts.evaluated)")
            let label: TextTable.Cell = row.hasLabels ? .rate(row.metrics.labelTop1) : dash
            return [name, count, label] + cells(row.metrics.localization)
        }
        // A baseline has no label; without a network the column would be empty.
        let label = rows.isEmpty ? [] : [dash]
        let below = baselines.rows.map { row in
            [TextTable.Cell(row.name), TextTable.Cell("\(baselines.imageCount)")] + label + cells(row.localization)
        }
        let header = rows.isEmpty ? ["baseline", "images"] : ["network", "images", "label"]
        return TextTable(header: header + shares, rows: networks + below)
    }

    private var dash: TextTable.Cell { TextTable.Cell("-") }

    private func cells(_ localization: Localization) -> [TextTable.Cell] {
        AccuracyTable.order.map { .rate(localization.rate(at: $0)) } + [.mean(of: localization)]
    }

    private var invalidLines: [String] {
        rows.filter { !$0.certificate.isValid }.map { row in
            // A reason may be what a node said of an image.
            "INVALID: \(row.network): \(row.certificate.reasons.joined(separator: "; "))".onOneLine
        }
    }

    private var coverageLines: [String] {
        rows.map { row in
            var line = "\(row.network): \(row.certificate.coverageBehindTitle)."
            if row.certificate.isValid, row.hasLabels {
                let metrics = row.metrics
                line += " Top-5 accuracy: \(text(metrics.labelTop5)). Top-1 Loc at IoU .25, .50, .75: "
                line += listed(metrics.top1Localization)
                line += "; Top-5 Loc: " + listed(metrics.top5Localization) + "."
            }
            if let agreement = row.agreement { line += " " + agreement.text }
            return line.onOneLine
        }
    }

    private var validRows: [Row] { rows.filter(\.certificate.isValid) }

    /// "77.8 (74.5-80.9)"
    private func text(_ rate: Rate) -> String { percent(rate) + (percentInterval(rate).map { " (\($0))" } ?? "") }

    private func listed(_ rates: ThresholdRates) -> String {
        Breakdowns.shown.map { text(rates.rate(at: $0)) }.joined(separator: ", ")
    }

    var explanation: String {
        "Percent of images, with 95 % Wilson intervals (mean IoU: normal). IoU convention: \(convention.rawValue); "
            + "ground-truth class given. square .75: a centred box whose side is 75 % of the input's. A best square was "
            + "chosen on these very images: its rates are optimistic."
    }

}

/// "77.8"; "-" of nothing.
func percent(_ rate: Rate) -> String { rate.value.map { decimal(100 * $0, places: 1) } ?? "-" }

/// "74.5-80.9"
func percentInterval(_ rate: Rate) -> String? {
    rate.interval.map { "\(decimal(100 * $0.low, places: 1))-\(decimal(100 * $0.high, places: 1))" }
}
