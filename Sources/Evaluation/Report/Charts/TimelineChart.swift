import Bytes

/// When each node worked: its leases as bars over the time since the first one; those that were lost stand out.
struct TimelineChart {
    /// Nodes that are drawn; a thousand lines would show nothing.
    static let mostNodes = 48

    var nodes: [RunFacts.Node]
    /// Of the run, from the first lease on.
    var seconds: Double

    private static let rowHeight = 16.0

    var svg: Markup {
        let shown = nodes.prefix(Self.mostNodes)
        let step = AxisStep.of(seconds, steps: 5)
        var area = ChartArea()
        area.left = 110
        area.top = 8
        area.xRange = 0...max(seconds, 1e-6)
        area.height = area.top + area.bottom + Double(shown.count) * Self.rowHeight
        var content = area.axes(
            x: step.ticks.filter { $0 <= seconds * 1.000001 }.map { ($0, decimal($0, places: step.places)) },
            "seconds since the first lease", y: [], "")
        for (place, node) in shown.enumerated() {
            let y = area.top + (Double(place) + 0.5) * Self.rowHeight
            content += """
                <g><title>\(node.name): \(node.images) images</title>\
                <text class="tick" x="4" y="\(at: y + 4)">\(DataText.cut(node.name, to: 16))</text>\
                <path class="grid" d="M\(at: area.left) \(at: y)H\(at: ChartArea.width - area.right)"/>\
                \(bars(node.leases.filter { !$0.isLost }, y, area, "lease"))\
                \(bars(node.leases.filter(\.isLost), y, area, "lease lost"))</g>
                """
        }
        let leases = nodes.reduce(0) { $0 + $1.leases.count }
        return area.svg(
            id: "timeline", title: "Leases over time",
            description:
                "\(shown.count) of \(nodes.count) nodes over \(decimal(seconds, places: 1)) s, \(leases) bars.",
            content)
    }

    /// One path for all of a node's bars, however many. A gap of half a unit keeps neighbours apart where there is room.
    private func bars(_ leases: [RunFacts.Lease], _ y: Double, _ area: ChartArea, _ style: Markup) -> Markup {
        guard !leases.isEmpty else { return Markup() }
        var path = Markup()
        for lease in leases {
            let (low, high) = (area.x(min(max(lease.start, 0), seconds)), area.x(min(max(lease.end, 0), seconds)))
            path += "M\(at: low) \(at: y)H\(at: max(low + 0.5, high - 0.5))"
        }
        return "<path class=\"\(style)\" d=\"\(path)\"/>"
    }
}
