/// Images localized against the threshold at which their score maps are cut: where the curve is sharp, a number at the best
/// threshold says little of another data set.
struct MapChart {
    var summary: MapSummary

    /// Nil without a curve.
    var svg: Markup? {
        let total = summary.rows[0].maxBoxAcc.of
        guard total > 0, summary.thresholds.count > 1 else { return nil }
        let area = ChartArea()
        let ticks = [0, 0.25, 0.5, 0.75, 1]
        var content = area.axes(
            x: ticks.map { ($0, $0 == 0 ? "0" : shortDecimal($0)) },
            "threshold of the map, share of its greatest value",
            y: ticks.map { ($0, "\(Int($0 * 100))") }, "images localized, %")
        func points(_ counts: [Int]) -> [(x: Double, y: Double)] {
            zip(summary.thresholds, counts).map { (x: min(max($0, 0), 1), y: Double($1) / Double(total)) }
        }
        for counts in summary.all { content += area.line(points(counts), class: "whole") }
        content += area.line(points(summary.largest), class: "ours")
        let best = summary.rows[0]
        content += """
            <circle class="dot" cx="\(at: area.x(best.threshold))" cy="\(at: area.y(best.maxBoxAcc.value ?? 0))" r="4">\
            <title>MaxBoxAcc \(percent(best.maxBoxAcc)) % at \(shortDecimal(best.threshold))</title></circle>
            """
        content += area.legend([
            ("<path class=\"ours\" d=\"M0 0H20\"/>", "largest, IoU ≥ .50"),
            ("<path class=\"whole\" d=\"M0 0H20\"/>", "any contour, .30, .50, .70"),
        ])
        return area.svg(
            id: "maps", title: "Accuracy against the threshold of the score maps",
            description: "MaxBoxAcc \(percent(best.maxBoxAcc)) % at threshold \(shortDecimal(best.threshold)).", content
        )
    }
}
