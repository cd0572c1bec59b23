import Bytes

/// IoU against the size of the object: the median of images of about one size, and the band that holds the middle half
/// of them. Where a box in the middle does as well, an object fills the picture and there is nothing to find.
struct SizeChart {
    /// Images of about one size.
    struct Bin: Equatable {
        /// The mean of their sizes.
        var size: Double
        var lower: Double
        var median: Double
        var upper: Double
    }

    private static let binCount = 10
    /// Fewer say nothing of a quartile.
    private static let fewestImages = 5

    var bins: [Bin]
    var baseline: (name: String, bins: [Bin])?

    /// As many bins as there are enough images for, of equal number, from the smallest objects to the largest. Of a million
    /// images only an order is made, no copy.
    ///
    /// - Parameters:
    ///   - size: an image's share of the input that is covered by objects, 0 ... 1.
    ///   - iou: the same image's IoU.
    static func bins(images: Int, size: (Int) -> Double, iou: (Int) -> Double) -> [Bin] {
        let sorted = (0..<UInt32(images)).sorted { size(Int($0)) < size(Int($1)) }
        let count = min(binCount, images / fewestImages)
        return (0..<count).map { bin in
            let members = sorted[(images * bin / count)..<(images * (bin + 1) / count)]
            let ious = members.map { iou(Int($0)) }.sorted()
            return Bin(
                size: members.reduce(0) { $0 + size(Int($1)) } / Double(members.count), lower: ious[ious.count / 4],
                median: ious[ious.count / 2], upper: ious[ious.count * 3 / 4])
        }
    }

    /// Nil for too few images, or for objects that are all of about one size.
    var svg: Markup? {
        let ours = bins
        guard let first = ours.first, let last = ours.last, last.size - first.size >= 0.05 else { return nil }
        let area = ChartArea()
        let ticks = [0, 0.25, 0.5, 0.75, 1]
        var content = area.axes(
            x: ticks.map { ($0, "\(Int($0 * 100))") }, "area of the input that objects cover, %",
            y: ticks.map { ($0, $0 == 0 ? "0" : shortDecimal($0)) }, "IoU")
        let band = ours.map { (x: $0.size, y: $0.upper) } + ours.reversed().map { (x: $0.size, y: $0.lower) }
        content += area.line(band, class: "band")
        var legend: [(Markup, String)] = [
            (
                "<rect class=\"band\" y=\"-6\" width=\"20\" height=\"12\"/><path class=\"ours\" d=\"M0 0H20\"/>",
                "this run: median, middle half"
            )
        ]
        if let baseline {
            content += area.line(baseline.bins.map { ($0.size, $0.median) }, class: "square")
            legend.append(("<path class=\"square\" d=\"M0 0H20\"/>", baseline.name))
        }
        content += area.line(ours.map { ($0.size, $0.median) }, class: "ours")
        for bin in ours {
            content += """
                <circle class="dot" cx="\(at: area.x(bin.size))" cy="\(at: area.y(bin.median))" r="3.5">\
                <title>\(decimal(100 * bin.size, places: 0)) % of the area: median IoU \
                \(decimal(bin.median, places: 2))</title></circle>
                """
        }
        content += area.legend(legend)
        let description = ours.map { bin in
            "\(decimal(100 * bin.size, places: 0)) %: \(decimal(bin.median, places: 2))"
        }.joined(separator: ", ")
        return area.svg(
            id: "sizes", title: "IoU by object size", description: "Median IoU by covered area: \(description).",
            content)
    }
}
