/// The numbers: the four that matter most, then the table with intervals and baselines.
extension Report {
    var resultSection: Markup {
        """
        <section id="result"><h2>Result</h2>
        \(tiles)
        \(scrolling("Accuracy", accuracyTable))
        <p class="note">\(table.explanation)</p>
        \(labelledTable)
        \(remarks)
        </section>
        """
    }

    private var row: AccuracyTable.Row? { table.rows.first }

    private var tiles: Markup {
        guard certificate.isValid, let metrics = row?.metrics else { return "" }
        let localization = metrics.localization
        var tiles: [Markup] = []
        if row?.hasLabels == true {
            tiles.append(tile("Top-1 accuracy", metrics.labelTop1, "top-5: \(percent(metrics.labelTop5))\u{a0}%"))
        }
        tiles.append(tile("GT-known Loc, IoU\u{a0}≥\u{a0}.50", localization.rate(at: 0.50), comparison(at: 0.50)))
        tiles.append(tile("GT-known Loc, IoU\u{a0}≥\u{a0}.75", localization.rate(at: 0.75), comparison(at: 0.75)))
        if row?.hasLabels == true {
            tiles.append(
                tile(
                    "Top-1 Loc, IoU\u{a0}≥\u{a0}.50", metrics.top1Localization.rate(at: 0.50),
                    "Top-5 Loc: \(percent(metrics.top5Localization.rate(at: 0.50)))\u{a0}%"))
        }
        // A baseline that was tested on the same images was so at every threshold.
        let explanation = BaselineComparison.explanation(isPaired: data.hasTruth)
        return "<dl class=\"tiles\">\(tiles)</dl><p class=\"note\">\(explanation)</p>"
    }

    private func tile(_ name: String, _ rate: Rate, _ below: String) -> Markup {
        """
        <div><dt>\(name)</dt><dd><b>\(percent(rate))</b><span class="unit"> %</span>\
        <span class="interval">95 %: \(percentInterval(rate) ?? "-")</span>\
        <span class="below">\(below)</span></dd></div>
        """
    }

    /// A method that does not beat a box in the middle is not localizing: that stands with the number.
    private func comparison(at threshold: Double) -> String {
        guard let best = table.baselines.rows.first(where: { $0.chosenAt == threshold }),
            let ours = row?.metrics.localization.rate(at: threshold), best.localization.rate(at: threshold).value != nil
        else { return "no baseline" }
        let theirs = best.localization.rate(at: threshold)
        let comparison = BaselineComparison(
            ours: ours, theirs: theirs, paired: data.paired(with: best.baseline, at: threshold))
        return comparison.text("the best centred square") + ": \(percent(theirs))\u{a0}%"
    }

    private var remarks: Markup {
        let counts = row?.metrics.counts
        var lines: [String] = []
        if let agreement = row?.agreement { lines.append(agreement.text) }
        func images(_ count: Int, _ one: String, _ several: String) -> String {
            count == 1 ? "1 image \(one)" : "\(count) images \(several)"
        }
        if let counts, counts.empty > 0 {
            lines.append(images(counts.empty, "has", "have") + " an all-zero gating map.")
        }
        if let counts, counts.sizeMismatch > 0 {
            lines.append(
                images(counts.sizeMismatch, "does not fit its", "do not fit their")
                    + " annotation (flag size-mismatch).")
        }
        if let counts, counts.groundTruthOutside > 0 {
            lines.append(images(counts.groundTruthOutside, "has", "have") + " no ground-truth box inside the crop.")
        }
        return lines.map { line in "<p class=\"note\">\(line)</p>" as Markup }.joined()
    }
}
