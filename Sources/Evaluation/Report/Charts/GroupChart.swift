/// A share for each of several groups of images, with its 95 % interval, and a baseline's share on the same images.
struct GroupChart {
    struct Row {
        var name: String
        var rate: Rate
        var baseline: Rate?
    }

    struct Group {
        var title: String
        var rows: [Row]
    }

    var groups: [Group]
    /// The share's own name, for the axis.
    var measure: String
    var baselineName: String?

    private static let rowHeight = 24.0
    private static let titleHeight = 26.0

    var svg: Markup {
        var area = ChartArea()
        area.left = 132
        let rows = groups.reduce(0) { $0 + $1.rows.count }
        area.height =
            area.top + area.bottom + Double(rows) * Self.rowHeight + Double(groups.count) * Self.titleHeight
        let ticks = [0, 0.25, 0.5, 0.75, 1]
        var content = Markup()
        for tick in ticks {
            content += """
                <path class="grid" d="M\(at: area.x(tick)) \(at: area.top)V\(at: area.height - area.bottom)"/>
                """
        }
        content += area.axes(x: ticks.map { ($0, "\(Int($0 * 100))") }, measure, y: [], "")
        var y = area.top
        for group in groups {
            content += "<text class=\"group\" x=\"4\" y=\"\(at: y + 17)\">\(group.title)</text>"
            y += Self.titleHeight
            for row in group.rows {
                content += draw(row, y + Self.rowHeight / 2, area)
                y += Self.rowHeight
            }
        }
        var legend: [(Markup, String)] = [
            (
                "<path class=\"whisker\" d=\"M0 0H20\"/><circle class=\"dot\" cx=\"10\" cy=\"0\" r=\"4\"/>",
                "this run, 95 %"
            )
        ]
        if let baselineName { legend.append((diamond(10, 0), baselineName)) }
        area.left = 46
        content += area.legend(legend)
        return area.svg(id: "groups", title: "Accuracy by group of images", description: description, content)
    }

    private func draw(_ row: Row, _ y: Double, _ area: ChartArea) -> Markup {
        var markup: Markup = """
            <text class="tick" x="4" y="\(at: y + 4)">\(row.name)</text>\
            <text class="count" x="\(at: area.left - 8)" y="\(at: y + 4)" text-anchor="end">\(row.rate.of)</text>
            """
        guard let value = row.rate.value, let interval = row.rate.interval else { return markup }
        if let other = row.baseline?.value { markup += diamond(area.x(other), y) }
        markup += """
            <g><title>\(row.name): \(percent(row.rate)) % (\(percentInterval(row.rate) ?? "-")) of \(row.rate.of) images\
            </title><path class="whisker" d="M\(at: area.x(interval.low)) \(at: y)H\(at: area.x(interval.high))"/>\
            <circle class="dot" cx="\(at: area.x(value))" cy="\(at: y)" r="4"/></g>
            """
        return markup
    }

    private func diamond(_ x: Double, _ y: Double) -> Markup {
        "<path class=\"diamond\" d=\"M\(at: x) \(at: y - 6)l6 6l-6 6l-6 -6z\"/>"
    }

    private var description: String {
        groups.map { group in
            let rows = group.rows.map { row in
                let other = row.baseline.map { ", baseline \(percent($0))" } ?? ""
                return "\(row.name) \(percent(row.rate)) % of \(row.rate.of)\(other)"
            }
            return "\(group.title): \(rows.joined(separator: "; "))."
        }.joined(separator: " ")
    }
}
