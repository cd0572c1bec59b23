import Bytes

/// How the images' IoU is distributed: bars, and a baseline's distribution as an outline over them.
struct HistogramChart {
    /// Images in each of the bins, which divide 0 ... 1 evenly.
    var counts: [Int]
    var baseline: (name: String, counts: [Int])?

    var svg: Markup {
        let total = max(1, counts.reduce(0, +))
        let shares = counts.map { 100 * Double($0) / Double(total) }
        let others = baseline.map { baseline in
            let total = max(1, baseline.counts.reduce(0, +))
            return baseline.counts.map { 100 * Double($0) / Double(total) }
        }
        let step = AxisStep.of(max(shares.max() ?? 0, others?.max() ?? 0), steps: 5)
        var area = ChartArea()
        area.yRange = 0...step.top
        var content = area.axes(
            x: [0, 0.25, 0.5, 0.75, 1].map { ($0, $0 == 0 ? "0" : shortDecimal($0)) },
            "IoU with the best-fitting ground-truth box", y: step.ticks.map { ($0, decimal($0, places: step.places)) },
            "images, %")
        for (bin, share) in shares.enumerated() { content += bar(bin, share, area) }
        if let others { content += outline(others, area) }
        var legend: [(Markup, String)] = [
            ("<rect class=\"bar\" x=\"4\" y=\"-6\" width=\"14\" height=\"12\"/>", "this run")
        ]
        if let baseline { legend.append(("<path class=\"square\" d=\"M0 0H20\"/>", baseline.name)) }
        content += area.legend(legend)
        return area.svg(
            id: "histogram", title: "Distribution of the IoU", description: description(total, shares), content)
    }

    private func description(_ total: Int, _ shares: [Double]) -> String {
        let half = counts.suffix(counts.count / 2).reduce(0, +)
        return "\(total) images in \(counts.count) bins of IoU; \(half) of them at .50 or above, "
            + "\(counts.first ?? 0) below \(shortDecimal(1 / Double(max(1, counts.count))))."
    }

    private func bar(_ bin: Int, _ share: Double, _ area: ChartArea) -> Markup {
        // Divided, not multiplied: 3 times a twentieth is not .15 in binary.
        let edge = { (place: Int) in Double(place) / Double(counts.count) }
        let (low, high) = (edge(bin), edge(bin + 1))
        let side = bin * 2 < counts.count ? " low" : ""
        return """
            <rect class="bar\(side)" x="\(at: area.x(low) + 1)" y="\(at: area.y(share))" \
            width="\(at: area.x(high) - area.x(low) - 2)" height="\(at: area.y(0) - area.y(share))">\
            <title>IoU \(shortDecimal(low)) to \(shortDecimal(high)): \(counts[bin]) images, \
            \(decimal(share, places: 1)) %</title></rect>
            """
    }

    private func outline(_ shares: [Double], _ area: ChartArea) -> Markup {
        let width = 1 / Double(shares.count)
        var path: Markup = "M\(at: area.x(0)) \(at: area.y(0))"
        for (bin, share) in shares.enumerated() {
            path += "V\(at: area.y(share))H\(at: area.x(Double(bin + 1) * width))"
        }
        return "<path class=\"square\" d=\"\(path)V\(at: area.y(0))\"/>"
    }
}

/// Where an axis ends and where its numbers stand: 1, 2 or 5 times a power of ten apart.
struct AxisStep {
    var top: Double
    var ticks: [Double]
    /// Decimals that the ticks need.
    var places: Int

    static func of(_ largest: Double, steps: Int) -> AxisStep {
        // Where there is nothing to show, an axis to 1 is as good as any.
        let largest = largest.isFinite && largest > 1e-6 ? largest : 1
        let wanted = largest / Double(steps)
        var unit = 1e-9
        var places = 9
        while unit * 10 <= wanted {
            unit *= 10
            places -= 1
        }
        // Nine powers of ten have been multiplied up: the unit is that of a decimal again.
        let factor = [1.0, 2, 5, 10].first { $0 * unit >= wanted * 0.999999 } ?? 10
        let step = factor * unit
        let count = max(1, Int((largest / step - 1e-9).rounded(.up)))
        let ticks = (0...count).map { Double($0) * step }
        return AxisStep(top: ticks.last!, ticks: ticks, places: max(0, factor == 10 ? places - 1 : places))
    }
}
