import Bytes

/// The classes between whose runs the accuracy differs most.
extension ComparisonPage {
    private static let shownClasses = 60

    private struct ClassRow {
        var label: Int
        var images = 0
        /// Images localized at IoU .50, by run.
        var localized: [Int]

        /// Between the best and the worst run, as a share of the images.
        var spread: Double { Double((localized.max() ?? 0) - (localized.min() ?? 0)) / Double(max(1, images)) }
    }

    var classSection: Markup {
        guard images.runs.count > 1 else { return "" }
        var rows: [Int: ClassRow] = [:]
        for (image, label) in images.labels.enumerated() {
            var row = rows[label] ?? ClassRow(label: label, localized: images.runs.map { _ in 0 })
            row.images += 1
            for (place, run) in images.runs.enumerated() where run.ious[image] >= 0.5 { row.localized[place] += 1 }
            rows[label] = row
        }
        let all = rows.values.sorted { ($1.spread, $1.images, $0.label) < ($0.spread, $0.images, $1.label) }
        let head = images.runs.enumerated().map { place, run -> Markup in
            "<th scope=\"col\" class=\"n run\">\(Self.swatch(place))<bdi>\(table.title(run.row))</bdi></th>"
        }
        let body = all.prefix(Self.shownClasses).map { row -> Markup in
            let cells = row.localized.map { count -> Markup in
                let isBest = count == row.localized.max() && row.spread > 0
                let text = percent(Rate(count: count, of: row.images))
                return isBest ? "<td class=\"n\"><b>\(text)</b></td>" : "<td class=\"n\">\(text)</td>"
            }
            return """
                <tr><th scope="row"><bdi>\(DataText.cut(classes.shortWords(row.label), to: 60))</bdi></th>\
                <td class="n">\(row.images)</td>\(cells)<td class="n">\(decimalPercent(row.spread))</td></tr>

                """
        }
        let part = all.count > Self.shownClasses ? "\(Self.shownClasses) of \(grouped(all.count))" : "\(all.count)"
        return """
            <section id="classes"><h2>Classes</h2>
            <p class="note">\(part) classes, the ones first between whose runs the share of images with IoU ≥ .50 differs most, in \
            percent. A class has few images: single differences say little.</p>
            \(Markup.scrolling(
                "Accuracy by class and run", isTall: true,
                """
                <table class="runs"><caption class="unseen">Accuracy by class and run</caption><thead><tr><th scope="col">class</th>\
                <th scope="col" class="n">images</th>\(head)<th scope="col" class="n">best - worst</th></tr></thead>
                <tbody>
                \(body)</tbody></table>
                """))
            </section>
            """
    }

    private func decimalPercent(_ share: Double) -> String { decimal(100 * share, places: 1) }
}
