/// The numbers: the four that matter most, then the table with intervals and baselines.
extension Report {
    var resultSection: Markup {
        """
        <section id="result"><h2>Result</h2>
        \(tiles)
        <div class="scroll"><table class="accuracy">\(table.table.markup(marked: table.rows.count))</table></div>
        <p class="note">\(table.explanation)</p>
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
        tiles.append(tile("GT-known Loc, IoU ≥ .50", localization.rate(at: 0.50), comparison(at: 0.50)))
        tiles.append(tile("GT-known Loc, IoU ≥ .75", localization.rate(at: 0.75), comparison(at: 0.75)))
        if row?.hasLabels == true {
            tiles.append(
                tile(
                    "Top-1 Loc, IoU ≥ .50", metrics.top1Localization.rate(at: 0.50),
                    "Top-5 Loc: \(percent(metrics.top5Localization.rate(at: 0.50)))\u{a0}%"))
        }
        return "<dl class=\"tiles\">\(tiles)</dl>"
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
            let ours = row?.metrics.localization.rate(at: threshold).value,
            let theirs = best.localization.rate(at: threshold).value
        else { return "no baseline" }
        let word = ours > theirs ? "above" : ours < theirs ? "BELOW" : "equal to"
        return "\(word) the best centred square: \(percent(best.localization.rate(at: threshold)))\u{a0}%"
    }

    private var remarks: Markup {
        let counts = row?.metrics.counts
        var lines: [String] = []
        if let agreement = row?.agreement { lines.append(agreement.text) }
        if let counts, counts.empty > 0 { lines.append("\(counts.empty) images have an all-zero gating map.") }
        if let counts, counts.sizeMismatch > 0 {
            lines.append("\(counts.sizeMismatch) images do not fit their annotation (flag size-mismatch).")
        }
        if let counts, counts.groundTruthOutside > 0 {
            lines.append("\(counts.groundTruthOutside) images have no ground-truth box inside the crop.")
        }
        return lines.map { line in "<p class=\"note\">\(line)</p>" as Markup }.joined()
    }
}
