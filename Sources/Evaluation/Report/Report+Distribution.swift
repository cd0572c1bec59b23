/// What the rates at three thresholds hide: the distribution of IoU, the whole curve, and groups of images.
extension Report {
    /// The baselines that are drawn, with the style of their line.
    private var drawnBaselines: [(name: String, style: Markup, baseline: Baseline)] {
        table.baselines.rows.compactMap { row in
            if row.baseline == .wholeFrame { return ("whole frame", "whole", row.baseline) }
            if row.chosenAt == 0.50 { return ("best square at .50", "square", row.baseline) }
            return nil
        }
    }

    var distributionSection: Markup {
        let ious = data.points.map(\.iou)
        guard !ious.isEmpty else {
            return """
                <section id="distribution"><h2>Distribution</h2><p>No image was evaluated.</p></section>
                """
        }
        let others = drawnBaselines.map { ($0.name, $0.style, data.ious(of: $0.baseline)) }.filter { !$0.2.isEmpty }
        let square = others.first { $0.0.hasPrefix("best") }
        let histogram = HistogramChart(
            counts: Localization(ious: ious).histogram,
            baseline: square.map { ($0.0, Localization(ious: $0.2).histogram) })
        let curves = ThresholdChart(
            run: ThresholdCurve(ious: ious),
            baselines: others.map { (name: $0.0, style: $0.1, curve: ThresholdCurve(ious: $0.2)) })
        let groups = GroupChart(
            groups: data.groups(baseline: square?.2, hasLabels: table.rows.first?.hasLabels == true),
            measure: "images with IoU ≥ .50, %", baselineName: square?.0)
        let unknown: Markup =
            data.hasTruth
            ? "" : "<p class=\"note\">Without the annotations no baseline and no object size is known here.</p>"
        return """
            <section id="distribution"><h2>Distribution</h2>\(invalidNote)
            <div class="charts">
            <figure><figcaption>Distribution of the IoU</figcaption>\(histogram.svg)</figure>
            <figure><figcaption>Accuracy against the IoU threshold</figcaption>\(curves.svg)</figure>
            <figure><figcaption>Accuracy by group of images</figcaption>\(groups.svg)</figure>
            \(sizes(square.map { ($0.0, $0.2) }))
            </div>
            \(unknown)
            <p class="note">Bars in full colour count as localized at IoU ≥ .50. The band around the curve and the lines through \
            the dots by group are 95 % intervals (Wilson's). \(data.sizeSentence)The square's side was chosen on these \
            images.</p>
            \(numbers(histogram))\(numbers(curves))\(groupNumbers)
            </section>
            """
    }

    private func sizes(_ square: (name: String, ious: [Double])?) -> Markup {
        guard data.hasTruth else { return "" }
        let points = data.points
        func bins(_ iou: (Int) -> Double) -> [SizeChart.Bin] {
            SizeChart.bins(images: points.count, size: { Double(points[$0].coverage) }, iou: iou)
        }
        let chart = SizeChart(
            bins: bins { points[$0].iou }, baseline: square.map { square in (square.name, bins { square.ious[$0] }) })
        return chart.svg.map { "<figure><figcaption>IoU by object size</figcaption>\($0)</figure>" } ?? ""
    }

    /// Stands over everything that shows numbers of an invalid run.
    var invalidNote: Markup {
        certificate.isValid
            ? "" : "<p class=\"stamp\">INVALID run: of the images that were evaluated only; no result</p>"
    }

    private var groupNumbers: Markup {
        guard certificate.isValid, data.hasTruth, let row = table.rows.first else { return "" }
        return """
            <details><summary>The groups in numbers</summary>\
            \(scrolling("The groups in numbers", "<table>\(BreakdownTable(row: row).table.markup())</table>"))</details>
            """
    }

    private func numbers(_ chart: ThresholdChart) -> Markup {
        let columns = [("this run", chart.run)] + chart.baselines.map { ($0.name, $0.curve) }
        let head = columns.map { name, _ in "<th scope=\"col\" class=\"n\">\(name)</th>" as Markup }
        let rows = (1...19).map { step -> Markup in
            let threshold = Double(step) / 20
            let cells = columns.map { _, curve in
                "<td class=\"n\">\(curve.rate(at: threshold).map { percent($0) } ?? "-")</td>" as Markup
            }
            return "<tr><th scope=\"row\">\(shortDecimal(threshold))</th>\(cells)</tr>"
        }
        return """
            <details><summary>The curve in numbers</summary>\
            \(scrolling(
                "The curve in numbers",
                """
                <table><thead><tr><th scope="col">IoU ≥</th>\(head)</tr></thead><tbody>\(rows)</tbody></table>
                """))</details>
            """
    }

    private func numbers(_ chart: HistogramChart) -> Markup {
        let baseline: Markup = chart.baseline.map { "<th scope=\"col\" class=\"n\">\($0.name)</th>" } ?? ""
        let bins = chart.counts.count
        let rows = chart.counts.indices.map { bin -> Markup in
            let (low, high) = (Double(bin) / Double(bins), Double(bin + 1) / Double(bins))
            let other: Markup = chart.baseline.map { "<td class=\"n\">\($0.counts[bin])</td>" } ?? ""
            return """
                <tr><th scope="row">\(shortDecimal(low)) to \(shortDecimal(high))</th>\
                <td class="n">\(chart.counts[bin])</td>\(other)</tr>
                """
        }
        return """
            <details><summary>The distribution in numbers</summary>\
            \(scrolling(
                "The distribution in numbers",
                """
                <table><thead><tr><th scope="col">IoU</th><th scope="col" class="n">images, this run</th>\(baseline)\
                </tr></thead><tbody>\(rows)</tbody></table>
                """))</details>
            """
    }
}
