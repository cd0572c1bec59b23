import SelectiveTuning

/// The size of an image's objects: the share of the input's area that its true boxes cover together.
public enum BoxCoverage {
    /// The area of the boxes' union over that of the input, 0 ... 1. A box reaches from its first pixel's near edge to
    /// its last pixel's far edge, [x0, x1 + 1] x [y0, y1 + 1], cut at the input's edges; one without extent
    /// (x1 <= x0 or y1 <= y0), such as one outside the crop, covers nothing. All in double, in a fixed order.
    public static func share(of boxes: [Box], inputSize: Int) -> Double {
        let size = Double(inputSize)
        let areas = boxes.compactMap { box -> Rectangle? in
            guard box.x1 > box.x0, box.y1 > box.y0 else { return nil }
            let area = Rectangle(
                left: max(0, Double(box.x0)), top: max(0, Double(box.y0)), right: min(size, Double(box.x1) + 1),
                bottom: min(size, Double(box.y1) + 1))
            return area.right > area.left && area.bottom > area.top ? area : nil
        }
        guard areas.count > 1 else { return areas.first.map { $0.area / (size * size) } ?? 0 }
        return union(areas) / (size * size)
    }

    private struct Rectangle {
        var left: Double
        var top: Double
        var right: Double
        var bottom: Double
        var area: Double { (right - left) * (bottom - top) }
    }

    /// In each strip between two neighbouring vertical edges, the covered heights are added.
    private static func union(_ areas: [Rectangle]) -> Double {
        let edges = areas.flatMap { [$0.left, $0.right] }.sorted()
        let byTop = areas.sorted { $0.top < $1.top }
        var sum = 0.0
        for (left, right) in zip(edges, edges.dropFirst()) where right > left {
            var height = 0.0
            var covered = -Double.infinity
            for area in byTop where area.left <= left && area.right >= right && area.bottom > covered {
                height += area.bottom - max(covered, area.top)
                covered = area.bottom
            }
            sum += height * (right - left)
        }
        return sum
    }
}
