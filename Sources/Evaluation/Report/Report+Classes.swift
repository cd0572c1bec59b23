import Bytes

/// Every class in a table that can be sorted and searched, and is a plain table without script.
extension Report {
    /// The page stays small whatever the number of classes; above the second no intervals are drawn.
    private static let mostClasses = 8_000
    private static let mostDrawnClasses = 2_000

    private struct ClassRow {
        var images = 0
        var right = 0
        var localized = 0
        var sum = 0.0
    }

    var classSection: Markup {
        var rows: [Int: ClassRow] = [:]
        for point in data.points {
            var row = rows[Int(point.label)] ?? ClassRow()
            row.images += 1
            row.right += point.isTop1Right ? 1 : 0
            row.localized += point.iou >= 0.5 ? 1 : 0
            row.sum += point.iou
            rows[Int(point.label)] = row
        }
        let hasLabels = table.rows.first?.hasLabels == true
        let shown = rows.keys.sorted().prefix(Self.mostClasses)
        let isDrawn = shown.count <= Self.mostDrawnClasses
        let body = shown.map { line($0, rows[$0]!, hasLabels, isDrawn: isDrawn) }
        let more: Markup =
            rows.count > shown.count ? " The first \(shown.count) of them by index are shown." : ""
        let label: Markup = hasLabels ? "<th scope=\"col\" class=\"n\">Top-1 acc., %</th>" : ""
        return """
            <section id="classes"><h2>Classes</h2>\(invalidNote)
            <p class="note">\(rows.count) class\(rows.count == 1 ? "" : "es"). A class has few images: the interval is what can be said of it.\(more) \
            IoU is GT-known: whatever the predicted label.</p>
            <p class="tools" hidden="hidden"><label>Search <input type="search" id="search" autocomplete="off"/></label> \
            <span id="found" role="status"></span></p>
            \(scrolling(
                "Accuracy by class", isTall: true,
                """
                <table id="class-table"><caption class="unseen">Accuracy by class</caption>\
                <thead><tr><th scope="col">class</th><th scope="col" class="n">images</th>\
                <th scope="col" class="n">IoU&#160;≥&#160;.50, %</th>\
                <th scope="col" class="plot">95 % interval</th><th scope="col" class="n">from-to, %</th>\
                <th scope="col" class="n">mean IoU</th>\(label)</tr></thead>
                <tbody>
                \(body)</tbody></table>
                """))
            </section>
            """
    }

    private func line(_ label: Int, _ row: ClassRow, _ hasLabels: Bool, isDrawn: Bool) -> Markup {
        let rate = Rate(count: row.localized, of: row.images)
        let named: Markup =
            hasLabels ? "<td class=\"n\">\(percent(Rate(count: row.right, of: row.images)))</td>" : ""
        let short = classes.shortWords(label)
        let name = classes.name(label)
        let rest = DataText.cut(classes.otherWords(label), to: 200)
        let id: Markup = name == short ? "" : " <span><bdi>\(rest)</bdi> <code>\(name)</code></span>"
        let mark: Markup = isDrawn ? "<td class=\"plot\">\(IntervalMark(rate: rate).svg)</td>" : "<td></td>"
        return """
            <tr><th scope="row"><bdi>\(DataText.cut(short, to: 100))</bdi>\(id)</th><td class="n">\(row.images)</td>\
            <td class="n">\(percent(rate))</td>\(mark)<td class="n i">\(percentInterval(rate) ?? "-")</td>\
            <td class="n">\(decimal(row.sum / Double(row.images), places: 3))</td>\(named)</tr>

            """
    }
}
