import Bytes

/// Images a second over the run, from its leases: each one's images count evenly over its time.
struct ThroughputChart {
    private static let bins = 60

    var nodes: [RunFacts.Node]
    var seconds: Double

    /// One for each of the bins that the time is divided into.
    var imagesPerSecond: [Double] {
        let width = seconds / Double(Self.bins)
        guard width > 0 else { return [] }
        var images = [Double](repeating: 0, count: Self.bins)
        for lease in nodes.flatMap(\.leases) where lease.images > 0 {
            let (start, end) = (min(max(lease.start, 0), seconds), min(max(lease.end, 0), seconds))
            let first = min(Int(start / width), Self.bins - 1)
            let last = min(Int(end / width), Self.bins - 1)
            for bin in first...max(first, last) {
                let overlap = min(end, Double(bin + 1) * width) - max(start, Double(bin) * width)
                // A lease without extent in time falls into one bin as a whole.
                let share = end > start ? max(0, overlap) / (end - start) : 1
                images[bin] += Double(lease.images) * share
            }
        }
        return images.map { $0 / width }
    }

    var svg: Markup {
        let rates = imagesPerSecond
        let step = AxisStep.of(rates.max() ?? 0, steps: 3)
        let time = AxisStep.of(seconds, steps: 5)
        var area = ChartArea()
        area.left = 110
        area.top = 10
        area.height = 150
        area.xRange = 0...max(seconds, 1e-6)
        area.yRange = 0...step.top
        var path: Markup = "M\(at: area.x(0)) \(at: area.y(0))"
        let width = seconds / Double(Self.bins)
        for (bin, rate) in rates.enumerated() {
            path += "V\(at: area.y(rate))H\(at: area.x(Double(bin + 1) * width))"
        }
        let content: Markup = """
            \(area.axes(
                x: time.ticks.filter { $0 <= seconds * 1.000001 }.map { ($0, decimal($0, places: time.places)) },
                "seconds since the first lease", y: step.ticks.map { ($0, decimal($0, places: step.places)) }, ""))\
            <path class="area" d="\(path)V\(at: area.y(0))z"/>\
            <text class="name" x="4" y="\(at: area.top + 8)">images/s</text>
            """
        return area.svg(
            id: "throughput", title: "Images a second over time",
            description: "At most \(decimal(rates.max() ?? 0, places: 1)) images a second.", content)
    }
}
