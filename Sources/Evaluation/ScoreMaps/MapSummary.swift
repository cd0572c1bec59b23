import Bytes

/// The numbers of a `MapReport` as they are shown and written: from the report itself, or read back from `summary.json`.
public struct MapSummary: Hashable, Sendable {
    struct Row: Hashable, Sendable {
        var name: String
        var maxBoxAcc: Rate
        /// The map's threshold that gives it.
        var threshold: Double
        /// The mean of `parts`.
        var maxBoxAccV2: Double?
        /// Any contour's box, at each of `MapAccuracy.v2Deltas`.
        var parts: [Rate]
        var pointingGame: Rate
    }

    /// The method's, then the baselines'.
    let rows: [Row]
    /// The map's thresholds, ascending.
    let thresholds: [Double]
    /// Images at each threshold whose largest contour's box has IoU >= .50.
    let largest: [Int]
    /// Images at each threshold with any contour's box that fits; one list for each of `MapAccuracy.v2Deltas`.
    let all: [[Int]]

    /// - Parameter name: of the method's row.
    public init(_ report: MapReport, name: String) {
        rows = [(name, report.accuracy), (CentreMap.name, report.baseline)].map { name, accuracy in
            Row(
                name: name, maxBoxAcc: accuracy.maxBoxAcc.rate, threshold: accuracy.maxBoxAcc.tau,
                maxBoxAccV2: accuracy.maxBoxAccV2, parts: MapAccuracy.v2Deltas.map { accuracy.all(at: $0).rate },
                pointingGame: accuracy.pointingGame)
        }
        thresholds = report.accuracy.tally.thresholds.taus
        largest = report.accuracy.curve(\.largest, at: 0.5)
        all = MapAccuracy.v2Deltas.map { report.accuracy.curve(\.all, at: $0) }
    }

    /// For `table.md`, a terminal and the report.
    var table: TextTable {
        let header = [
            "score maps", "images", "MaxBoxAcc", "threshold", "MaxBoxAccV2", "V2 .30", "V2 .50", "V2 .70", "pointing",
        ]
        let lines = rows.map { row -> [TextTable.Cell] in
            let mean = row.maxBoxAccV2.map { decimal(100 * $0, places: 1) } ?? "-"
            return [
                TextTable.Cell(row.name), TextTable.Cell("\(row.maxBoxAcc.of)"), .rate(row.maxBoxAcc),
                TextTable.Cell(shortDecimal(row.threshold)), TextTable.Cell(mean),
            ] + row.parts.map { .rate($0) } + [.rate(row.pointingGame)]
        }
        // How many images it are stands elsewhere, too, and the mean says more than its parts.
        return TextTable(header: header, rows: lines, optional: [1, 5, 6, 7])
    }
}
