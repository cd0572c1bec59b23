/// The accuracies of the run and of the baselines beside each other, each with its interval below.
extension Report {
    private static let thresholds = Localization.thresholds

    private var hasLabels: Bool { table.rows.first?.hasLabels == true }

    var accuracyTable: Markup {
        let labels: Markup =
            hasLabels
            ? """
            <th scope="col" rowspan="2" class="n">Top-1 acc.</th><th scope="col" rowspan="2" class="n">Top-1 Loc \
            ≥&#160;.50</th><th scope="col" rowspan="2" class="n">Top-5 Loc ≥&#160;.50</th>
            """ : ""
        let shares = Self.thresholds.map { threshold in
            "<th scope=\"col\" class=\"n\">≥&#160;\(shortDecimal(threshold))</th>" as Markup
        }
        let rows = table.rows.map(runRow) + table.baselines.rows.map(baselineRow)
        return """
            <table class="accuracy"><caption class="unseen">Accuracy of the run and of the baselines</caption><thead><tr>\
            <th scope="col" rowspan="2">method</th><th scope="col" rowspan="2" class="n">images</th>\(labels)\
            <th scope="colgroup" colspan="\(Self.thresholds.count)" class="n group">GT-known Loc, IoU</th>\
            <th scope="col" rowspan="2" class="n">mean IoU</th></tr><tr>\(shares)</tr></thead>\
            <tbody>\(rows)</tbody></table>
            """
    }

    private func runRow(_ row: AccuracyTable.Row) -> Markup {
        let count = hasLabels ? Self.thresholds.count + 4 : Self.thresholds.count + 1
        guard row.certificate.isValid else {
            let dashes = (1..<count).map { _ in "<td class=\"n\">-</td>" as Markup }
            return """
                <tr class="ours"><th scope="row"><bdi>\(row.network)</bdi></th>\
                <td class="n">\(row.certificate.evaluated) of \(row.certificate.expected)</td>\
                <td class="n bad">INVALID</td>\(dashes)</tr>
                """
        }
        let metrics = row.metrics
        let labels: [Markup] =
            hasLabels
            ? [
                cell(metrics.labelTop1), cell(metrics.top1Localization.rate(at: 0.50)),
                cell(metrics.top5Localization.rate(at: 0.50)),
            ] : []
        return """
            <tr class="ours"><th scope="row"><bdi>\(row.network)</bdi></th><td class="n">\(metrics.counts.evaluated)</td>\
            \(labels)\(cells(metrics.localization))</tr>
            """
    }

    private func baselineRow(_ row: Baselines.Row) -> Markup {
        let labels: [Markup] = hasLabels ? (0..<3).map { _ in "<td class=\"n\">-</td>" } : []
        return """
            <tr><th scope="row">\(row.name)</th><td class="n">\(table.baselines.imageCount)</td>\
            \(labels)\(cells(row.localization))</tr>
            """
    }

    private func cells(_ localization: Localization) -> [Markup] {
        let mean = TextTable.Cell.mean(of: localization)
        return Self.thresholds.map { cell(localization.rate(at: $0)) } + [cell(mean.value, mean.note)]
    }

    private func cell(_ rate: Rate) -> Markup { cell(percent(rate), percentInterval(rate)) }

    private func cell(_ value: String, _ note: String?) -> Markup {
        let below: Markup = note.map { "<small>\($0)</small>" } ?? ""
        return "<td class=\"n\">\(value)\(below)</td>"
    }

    /// With a predicted label: at every threshold, because the published .50 is one of several.
    var labelledTable: Markup {
        guard certificate.isValid, hasLabels, let metrics = table.rows.first?.metrics else { return "" }
        let head = Self.thresholds.map { threshold in
            "<th scope=\"col\" class=\"n\">≥&#160;\(shortDecimal(threshold))</th>" as Markup
        }
        let rows = [("Top-1 Loc", metrics.top1Localization), ("Top-5 Loc", metrics.top5Localization)].map {
            name, rates -> Markup in
            let cells = Self.thresholds.map { cell(rates.rate(at: $0)) }
            return "<tr><th scope=\"row\">\(name)</th>\(cells)</tr>"
        }
        return """
            <details><summary>Top-1 and Top-5 Loc at every threshold</summary>\
            \(scrolling(
                "Top-1 and Top-5 Loc",
                """
                <table><thead><tr><th scope="col">IoU</th>\(head)</tr></thead><tbody>\(rows)</tbody></table>
                """))</details>
            """
    }
}

extension Report {
    /// A table that is wider, or taller, than its place: reached by keyboard, and it says that it goes on.
    func scrolling(_ name: String, isTall: Bool = false, _ table: Markup) -> Markup {
        Markup.scrolling(name, isTall: isTall, table)
    }
}

extension Markup {
    /// The same for any page.
    static func scrolling(_ name: String, isTall: Bool = false, _ table: Markup) -> Markup {
        let style: Markup = isTall ? "scroll tall" : "scroll"
        return """
            <p class="hint" aria-hidden="true">The table goes on sideways ⇢</p>\
            <div class="\(style)" role="region" aria-label="\(name)" tabindex="0">\(table)</div>
            """
    }
}
