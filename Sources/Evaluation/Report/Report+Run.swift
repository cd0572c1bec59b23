import Bytes

/// Who computed, when and how fast: nothing that the result depends on. A page is passed on: paths stay in `run.json`.
extension Report {
    private static let mostNodes = 200

    var runSection: Markup {
        guard let facts else {
            return """
                <section id="run"><h2>Run</h2><p>Nothing is known of the course of this run: there is no \
                <code>\(RunOutput.runName)</code>.</p></section>
                """
        }
        return """
            <section id="run"><h2>Run</h2>
            <dl class="facts">\(entries(facts))</dl>
            \(charts(facts))\(nodeTable(facts))
            </section>
            """
    }

    private func entries(_ facts: RunFacts) -> [Markup] {
        var entries = [("started", facts.started), ("ended", facts.ended)]
        if !facts.nodes.isEmpty {
            entries.append(("images evaluated", "\(facts.images)"))
            entries.append(("seconds of work", decimal(facts.seconds, places: 1)))
            entries.append(("images a second", facts.imagesPerSecond.map { decimal($0, places: 1) } ?? "-"))
            entries.append(("nodes", "\(facts.nodes.count)"))
        }
        if facts.resumedImages > 0 {
            entries.append(("done by an earlier part", "\(facts.resumedImages) images"))
        }
        return entries.map { name, value in
            "<div><dt>\(name)</dt><dd>\(DataText.cut(value, to: 400))</dd></div>"
        }
    }

    private func charts(_ facts: RunFacts) -> Markup {
        guard facts.seconds > 0, facts.nodes.contains(where: { !$0.leases.isEmpty }) else { return "" }
        let lost = facts.nodes.contains { $0.leases.contains(where: \.isLost) }
        let key: Markup =
            lost
            ? """
            <p class="note keys"><span><svg class="key" viewBox="0 0 24 14" aria-hidden="true">\
            <path class="lease" d="M0 7H24"/></svg> lease</span> <span><svg class="key" viewBox="0 0 24 14" \
            aria-hidden="true"><path class="lease lost" d="M0 7H24"/></svg> lease that its node did not finish</span></p>
            """ : ""
        return """
            <div class="charts"><figure><figcaption>Images a second</figcaption>\
            \(ThroughputChart(nodes: facts.nodes, seconds: facts.seconds).svg)</figure>
            <figure><figcaption>Leases</figcaption>\
            \(TimelineChart(nodes: facts.nodes, seconds: facts.seconds).svg)\(key)</figure></div>
            """
    }

    private func nodeTable(_ facts: RunFacts) -> Markup {
        guard !facts.nodes.isEmpty else { return "" }
        let rows = facts.nodes.prefix(Self.mostNodes).map { node -> Markup in
            let busy = node.busySeconds
            let speed = busy > 0 ? decimal(Double(node.images) / busy, places: 1) : "-"
            return """
                <tr><th scope="row"><bdi>\(node.name)</bdi></th><td><bdi>\(node.device)</bdi></td>\
                <td class="n">\(node.images)</td><td class="n">\(decimal(busy, places: 1))</td>\
                <td class="n">\(speed)</td></tr>
                """
        }
        let more = facts.nodes.count - rows.count
        let rest: Markup = more > 0 ? "<p class=\"note\">And \(more) more node\(more == 1 ? "" : "s").</p>" : ""
        return """
            \(scrolling(
                "Nodes",
                """
                <table><thead><tr><th scope="col">node</th><th scope="col">device</th>\
                <th scope="col" class="n">images</th><th scope="col" class="n">busy, s</th>\
                <th scope="col" class="n">images/s</th></tr></thead><tbody>\(rows)</tbody></table>
                """))\(rest)
            """
    }
}
