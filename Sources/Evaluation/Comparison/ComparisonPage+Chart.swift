import SelectiveTuning

/// Localization accuracy against the IoU threshold: every run that can be compared, and boxes that look at no image.
extension ComparisonPage {
    var chartSection: Markup {
        guard !images.runs.isEmpty else {
            return "<section id=\"accuracy\"><h2>Accuracy</h2><p class=\"note\">No run can be compared.</p></section>"
        }
        let curves = images.runs.map { ThresholdCurve(ious: $0.ious) }
        let others =
            truth.isEmpty
            ? []
            : zip(table.baselines, table.baselineBoxes).map { row, box in
                (name: row.title, curve: ThresholdCurve(ious: ious(of: box)))
            }
        let entries = zip(images.runs, curves).enumerated().map { place, entry -> Markup in
            let (run, curve) = entry
            let rate = curve.rate(at: 0.5)
            return """
                <li>\(Self.swatch(place))\(link(run.row, table.title(run.row))) \
                <span class="number">\(rate.map { percent($0) } ?? "-")</span></li>
                """
        }
        let boxes = zip(others, ["whole", "square"]).map { other, style -> Markup in
            """
            <li><svg class="key" viewBox="0 0 24 14" aria-hidden="true"><path class="\(Markup(trusted: style))" d="M1 7H23"/></svg> \
            <bdi>\(other.name)</bdi> <span class="number">\(other.curve.rate(at: 0.5).map { percent($0) } ?? "-")</span></li>
            """
        }
        return """
            <section id="accuracy"><h2>Accuracy against the IoU threshold</h2>
            <div class="charts"><figure>\(chart(curves, others.map(\.curve)))</figure>
            <div><p class="note">GT-known localization; behind each name the percentage at IoU ≥ .50.</p>\
            <ul class="legend">\(entries)\(boxes)</ul></div></div>
            </section>
            """
    }

    private func ious(of baseline: Baseline) -> [Double] {
        truth.map { truth in
            convention.bestMatch(of: baseline.box(inputSize: truth.inputSize), among: truth.boxes)?.iou ?? 0
        }
    }

    private func chart(_ curves: [ThresholdCurve], _ baselines: [ThresholdCurve]) -> Markup {
        var area = ChartArea()
        area.top = 12
        let shown = [0, 0.25, 0.5, 0.75, 1]
        var content = area.axes(
            x: shown.map { ($0, $0 == 0 ? "0" : shortDecimal($0)) }, "IoU threshold",
            y: shown.map { ($0, "\(Int($0 * 100))") }, "images localized, %")
        func points(_ curve: ThresholdCurve) -> [(x: Double, y: Double)] {
            curve.rates.enumerated().map { (ThresholdCurve.threshold($0.offset), $0.element.value ?? 0) }
        }
        for (curve, style) in zip(baselines, ["whole", "square"]) {
            content += area.line(points(curve), class: Markup(trusted: style))
        }
        for (place, curve) in curves.enumerated() {
            content += area.line(points(curve), class: ComparisonStyle.line(place))
        }
        let text = zip(images.runs, curves).map { run, curve in
            "\(table.title(run.row)): \(curve.rate(at: 0.5).map { percent($0) } ?? "-") % at .50."
        }.joined(separator: " ")
        return area.svg(id: "curves", title: "Accuracy against the IoU threshold", description: text, content)
    }
}
