/// Localization accuracy against the IoU threshold from which a box counts: this run with its 95 % band, the baselines
/// as lines. A single threshold says little where the lines cross.
struct ThresholdChart {
    var run: ThresholdCurve
    /// Each with the style of its line.
    var baselines: [(name: String, style: Markup, curve: ThresholdCurve)]

    var svg: Markup {
        let area = ChartArea()
        let shown = [0, 0.25, 0.5, 0.75, 1]
        var content = area.axes(
            x: shown.map { ($0, $0 == 0 ? "0" : shortDecimal($0)) }, "IoU threshold",
            y: shown.map { ($0, "\(Int($0 * 100))") }, "images localized, %")
        content += area.line(band(run), class: "band")
        for baseline in baselines { content += area.line(points(baseline.curve), class: baseline.style) }
        content += area.line(points(run), class: "ours")
        for threshold in [0.25, 0.5, 0.75] {
            guard let rate = run.rate(at: threshold), let value = rate.value else { continue }
            content += """
                <circle class="dot" cx="\(at: area.x(threshold))" cy="\(at: area.y(value))" r="3.5">\
                <title>IoU at least \(shortDecimal(threshold)): \(percent(rate)) % (\(percentInterval(rate) ?? "-"))\
                </title></circle>
                """
        }
        let entries: [(Markup, String)] =
            [("<path class=\"ours\" d=\"M0 0H20\"/>", "this run")]
            + baselines.map { ("<path class=\"\($0.style)\" d=\"M0 0H20\"/>", $0.name) }
        content += area.legend(entries)
        return area.svg(
            id: "thresholds", title: "Accuracy against the IoU threshold", description: description, content)
    }

    private var description: String {
        [0.25, 0.5, 0.75].map { threshold in
            let ours = run.rate(at: threshold).map { percent($0) } ?? "-"
            let others = baselines.map { baseline in
                "\(baseline.name) \(baseline.curve.rate(at: threshold).map { percent($0) } ?? "-")"
            }
            return "At \(shortDecimal(threshold)): this run \(ours) %, \(others.joined(separator: ", "))."
        }.joined(separator: " ")
    }

    private func points(_ curve: ThresholdCurve) -> [(x: Double, y: Double)] {
        curve.rates.enumerated().map { (ThresholdCurve.threshold($0.offset), $0.element.value ?? 0) }
    }

    /// Along the upper bounds and back along the lower ones.
    private func band(_ curve: ThresholdCurve) -> [(x: Double, y: Double)] {
        let bounds = curve.rates.enumerated().map { place, rate in
            (x: ThresholdCurve.threshold(place), bounds: rate.interval ?? Interval(low: 0, high: 0))
        }
        return bounds.map { ($0.x, $0.bounds.high) } + bounds.reversed().map { ($0.x, $0.bounds.low) }
    }
}

/// Shares of images with IoU >= 0, .01, ... 1.
struct ThresholdCurve: Sendable, Hashable {
    static let count = 101
    let rates: [Rate]

    static func threshold(_ place: Int) -> Double { Double(place) / Double(count - 1) }

    init(ious: [Double]) {
        // The highest threshold that each image reaches; then sums from the top.
        var reached = [Int](repeating: 0, count: ThresholdCurve.count)
        for iou in ious where iou.isFinite {
            var place = Int(min(max(iou, 0), 1) * Double(ThresholdCurve.count - 1))
            // The product was rounded: the thresholds themselves decide, as in the metrics.
            while place + 1 < ThresholdCurve.count, iou >= ThresholdCurve.threshold(place + 1) { place += 1 }
            while place > 0, iou < ThresholdCurve.threshold(place) { place -= 1 }
            reached[place] += 1
        }
        var sum = 0
        var counts: [Int] = []
        for count in reached.reversed() {
            sum += count
            counts.append(sum)
        }
        rates = counts.reversed().map { Rate(count: $0, of: ious.count) }
    }

    /// At a threshold of whole hundredths.
    func rate(at threshold: Double) -> Rate? {
        let place = Int((threshold * Double(ThresholdCurve.count - 1)).rounded())
        return rates.indices.contains(place) ? rates[place] : nil
    }
}
