import SelectiveTuning

/// How the overlap of two boxes is counted; they differ by whether a box's last pixel belongs to it.
public enum IoUConvention: String, CaseIterable, Sendable {
    /// Both end pixels count (+1 a side). Zero unless the boxes overlap before that: `a.x0 < b.x1 && a.x1 > b.x0`
    /// and the same in y, so that boxes which only touch, and boxes without extent, score 0. The default.
    case stnet
    /// The WSOL benchmark's: coordinates are truncated towards zero to integers, then +1 a side, without that test.
    /// A box that the crop has squeezed to a line still has a width of one pixel here.
    case wsol
    /// Corners are points in the plane: no +1.
    case exact
}

extension IoUConvention {
    /// Intersection over union, 0 ... 1; 0 where there is nothing to divide (no overlap, an inverted box, NaN).
    ///
    /// All in double, one correctly rounded operation after the other, so that it is the same everywhere:
    /// side = (far - near) + 1, area = width * height, union = (area a + area b) - intersection.
    public func iou(_ a: Box, _ b: Box) -> Double {
        let a = corners(a)
        let b = corners(b)
        if self == .stnet {
            guard a.x0 < b.x1, a.x1 > b.x0, a.y0 < b.y1, a.y1 > b.y0 else { return 0 }
        }
        let width = side(max(a.x0, b.x0), min(a.x1, b.x1))
        let height = side(max(a.y0, b.y0), min(a.y1, b.y1))
        guard width > 0, height > 0 else { return 0 }
        let intersection = width * height
        let areaA = side(a.x0, a.x1) * side(a.y0, a.y1)
        let areaB = side(b.x0, b.x1) * side(b.y0, b.y1)
        let union = (areaA + areaB) - intersection
        return union.isFinite && union > 0 ? intersection / union : 0
    }

    /// The box among `boxes` that overlaps `box` most, the first of equals; nil only when there are no boxes.
    /// A box that lies outside the crop is in the list like any other.
    public func bestMatch(of box: Box, among boxes: [Box]) -> (iou: Double, index: Int)? {
        bestMatch(of: box, among: boxes[...])
    }

    /// The same; the index counts from the slice's first box.
    func bestMatch(of box: Box, among boxes: ArraySlice<Box>) -> (iou: Double, index: Int)? {
        guard let first = boxes.first else { return nil }
        var best = (iou: iou(box, first), index: 0)
        for index in boxes.indices.dropFirst() {
            let value = iou(box, boxes[index])
            if value > best.iou { best = (value, index - boxes.startIndex) }
        }
        return best
    }

    private func side(_ near: Double, _ far: Double) -> Double {
        self == .exact ? far - near : (far - near) + 1
    }

    /// float32 coordinates are exact in double.
    private func corners(_ box: Box) -> (x0: Double, y0: Double, x1: Double, y1: Double) {
        let corners = (x0: Double(box.x0), y0: Double(box.y0), x1: Double(box.x1), y1: Double(box.y1))
        guard self == .wsol else { return corners }
        return (
            corners.x0.rounded(.towardZero), corners.y0.rounded(.towardZero),
            corners.x1.rounded(.towardZero), corners.y1.rounded(.towardZero)
        )
    }
}
