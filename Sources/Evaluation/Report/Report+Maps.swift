/// What is known of score maps beyond one box an image.
extension Report {
    var mapSection: Markup {
        guard let maps else { return "" }
        // An accuracy of an invalid run stands nowhere.
        guard certificate.isValid else { return "" }
        let chart: Markup =
            MapChart(summary: maps).svg.map { svg in
                """
                <div class="charts"><figure><figcaption>Accuracy against the threshold of the map</figcaption>\(svg)</figure></div>
                """
            } ?? ""
        return """
            <section id="maps"><h2>Score maps</h2>
            \(scrolling("Score maps", "<table class=\"accuracy\">\(maps.table.markup(marked: 1))</table>"))
            <p class="note">\(maps.explanation) \(otherBoxes(maps))</p>
            \(chart)
            </section>
            """
    }

    /// Whose boxes the rest of the page is about.
    private func otherBoxes(_ maps: MapSummary) -> String {
        guard protocolBlock["method"]?.stringValue == "score-maps" else {
            return "Everything else on this page is about the run's own boxes, which its box rule draws."
        }
        return "Everything else on this page is about the box at the threshold of "
            + (maps.given.map { "\($0)." } ?? "MaxBoxAcc.")
    }
}
