import Bytes

/// The numbers of a `MapReport` as they are shown and written: from the report itself, or read back from `summary.json`.
public struct MapSummary: Hashable, Sendable {
    struct Row: Hashable, Sendable {
        var name: String
        var maxBoxAcc: Rate
        /// The map's threshold that gives it.
        var threshold: Double
        /// The mean of `parts`, and the mean of their intervals.
        var maxBoxAccV2: Double?
        var maxBoxAccV2Interval: Interval?
        /// Any contour's box, at each of `MapAccuracy.v2Deltas`.
        var parts: [Rate]
        var pointingGame: Rate
        /// Nil in the result of a version that did not measure it.
        var massInBox: MeanShare?
        /// Nil where the images have no masks.
        var pixels: Pixels?
    }

    struct Pixels: Hashable, Sendable {
        /// Nil where no pixel is an object's.
        var averagePrecision: Double?
        var overlap: Double?
    }

    /// The method's at the best thresholds of these images, at given ones where there are some, then the baselines'.
    let rows: [Row]
    /// The run whose thresholds the second row has; nil where none were given.
    let given: String?
    /// The map's thresholds, ascending.
    let thresholds: [Double]
    /// Images at each threshold whose largest contour's box has IoU >= .50.
    let largest: [Int]
    /// Images at each threshold with any contour's box that fits; one list for each of `MapAccuracy.v2Deltas`.
    let all: [[Int]]

    /// - Parameter name: of the method's row.
    public init(_ report: MapReport, name: String) {
        func row(_ name: String, _ accuracy: MapAccuracy, _ pixels: PixelAccuracy?) -> Row {
            Row(
                name: name, maxBoxAcc: accuracy.maxBoxAcc.rate, threshold: accuracy.maxBoxAcc.tau,
                maxBoxAccV2: accuracy.maxBoxAccV2, maxBoxAccV2Interval: accuracy.maxBoxAccV2Interval,
                parts: MapAccuracy.v2Deltas.map { accuracy.all(at: $0).rate }, pointingGame: accuracy.pointingGame,
                massInBox: accuracy.massInBox,
                pixels: pixels.map { Pixels(averagePrecision: $0.averagePrecision, overlap: $0.overlap?.iou) })
        }
        var rows = [row(Self.oracle(name, isMarked: report.given != nil), report.accuracy, report.pixels?.accuracy)]
        if let given = report.given {
            let parts = given.parts(report.accuracy)
            var row = rows[0]
            row.name = Self.name(name, thresholdsOf: given.title)
            (row.maxBoxAcc, row.threshold) = (given.maxBoxAcc(report.accuracy), given.tau)
            (row.maxBoxAccV2, row.parts) = (MapAccuracy.mean(parts), parts)
            row.maxBoxAccV2Interval = MapAccuracy.interval(parts)
            rows.append(row)
        }
        self.rows = rows + [row(CentreMap.name, report.baseline, report.pixels?.baseline)]
        given = report.given?.title
        thresholds = report.accuracy.tally.thresholds.taus
        largest = report.accuracy.curve(\.largest, at: 0.5)
        all = MapAccuracy.v2Deltas.map { report.accuracy.curve(\.all, at: $0) }
    }

    /// What tells the two rows of a method apart where it has two.
    static func oracle(_ name: String, isMarked: Bool) -> String { isMarked ? "\(name), oracle" : name }
    static func name(_ name: String, thresholdsOf title: String) -> String { "\(name), thresholds of \(title)" }

    private var hasMasks: Bool { rows.contains { $0.pixels != nil } }

    var explanation: String { MapReport.explanation(given: given, hasMasks: hasMasks) }

    /// For `table.md`, a terminal and the report.
    var table: TextTable {
        let header =
            [
                "score maps", "images", "MaxBoxAcc", "threshold", "MaxBoxAccV2", "V2 .30", "V2 .50", "V2 .70",
                "pointing",
                "in box",
            ] + (hasMasks ? ["PxAP", "pIoU"] : [])
        func cell(_ mean: Double?, _ interval: Interval?) -> TextTable.Cell {
            guard let mean else { return TextTable.Cell("-") }
            return TextTable.Cell(
                decimal(100 * mean, places: 1),
                note: interval.map { "\(decimal(100 * $0.low, places: 1))-\(decimal(100 * $0.high, places: 1))" })
        }
        let lines = rows.map { row -> [TextTable.Cell] in
            return [
                TextTable.Cell(row.name), TextTable.Cell("\(row.maxBoxAcc.of)"), .rate(row.maxBoxAcc),
                TextTable.Cell(shortDecimal(row.threshold)), cell(row.maxBoxAccV2, row.maxBoxAccV2Interval),
            ] + row.parts.map { .rate($0) } + [
                .rate(row.pointingGame), cell(row.massInBox?.value, row.massInBox?.interval),
            ]
                + (hasMasks
                    ? [cell(row.pixels?.averagePrecision, nil), cell(row.pixels?.overlap, nil)] : [])
        }
        // How many images it are stands elsewhere, too, and the mean says more than its parts.
        return TextTable(header: header, rows: lines, optional: [1, 5, 6, 7])
    }
}
