/// A chart's coordinates: the plot inside its margins, and the data's ranges. In user units of the drawing, which is
/// narrow so that its text can be read on a phone and wide enough for two charts beside each other on a desk.
struct ChartArea {
    static let width = 440.0

    var height = 290.0
    var left = 46.0
    var right = 14.0
    /// Room for the legend above the plot.
    var top = 34.0
    var bottom = 44.0
    var xRange = 0.0...1.0
    var yRange = 0.0...1.0

    func x(_ value: Double) -> Double {
        let share = (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
        return left + share * (ChartArea.width - left - right)
    }

    func y(_ value: Double) -> Double {
        let share = (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
        return height - bottom - share * (height - top - bottom)
    }

    /// Lines and numbers at the ticks, and what the axes show.
    func axes(x xTicks: [(Double, String)], _ xTitle: String, y yTicks: [(Double, String)], _ yTitle: String) -> Markup
    {
        var markup = Markup()
        let (low, high) = (x(xRange.lowerBound), x(xRange.upperBound))
        let (floor, ceiling) = (y(yRange.lowerBound), y(yRange.upperBound))
        for (value, text) in yTicks {
            markup += """
                <path class="grid" d="M\(at: low) \(at: y(value))H\(at: high)"/>\
                <text class="tick" x="\(at: low - 6)" y="\(at: y(value) + 4)" text-anchor="end">\(text)</text>
                """
        }
        for (value, text) in xTicks {
            markup += """
                <path class="grid" d="M\(at: x(value)) \(at: floor)V\(at: floor + 4)"/>\
                <text class="tick" x="\(at: x(value))" y="\(at: floor + 17)" text-anchor="middle">\(text)</text>
                """
        }
        markup += """
            <path class="axis" d="M\(at: low) \(at: floor)H\(at: high)"/>\
            <text class="name" x="\(at: (low + high) / 2)" y="\(at: height - 8)" text-anchor="middle">\(xTitle)</text>\
            <text class="name" transform="translate(12 \(at: (floor + ceiling) / 2)) rotate(-90)" \
            text-anchor="middle">\(yTitle)</text>
            """
        return markup
    }

    /// A path through points; nothing for fewer than two.
    func line(_ points: [(x: Double, y: Double)], class name: Markup) -> Markup {
        guard points.count > 1 else { return Markup() }
        var path = Markup()
        for (place, point) in points.enumerated() {
            path += "\(place == 0 ? "M" : "L")\(at: x(point.x)) \(at: y(point.y))"
        }
        return "<path class=\"\(name)\" d=\"\(path)\"/>"
    }

    /// Names with a sample of their line or mark, one beside the other above the plot.
    func legend(_ entries: [(sample: Markup, text: String)]) -> Markup {
        var markup = Markup()
        var x = left
        for (sample, text) in entries {
            markup += """
                <g transform="translate(\(at: x) 14)">\(sample)<text class="key" x="24" y="4">\(text)</text></g>
                """
            x += 24 + 6.6 * Double(text.count) + 18
        }
        return markup
    }

    /// The whole drawing. Readers that do not see hear the title and the description.
    func svg(id: Markup, title: String, description: String, _ content: Markup) -> Markup {
        """
        <svg class="chart" viewBox="0 0 \(at: ChartArea.width) \(at: height)" role="img" \
        aria-labelledby="\(id)-title \(id)-text"><title id="\(id)-title">\(title)</title>\
        <desc id="\(id)-text">\(description)</desc>\(content)</svg>
        """
    }
}
