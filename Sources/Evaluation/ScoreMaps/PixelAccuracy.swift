/// How well maps tell the objects' pixels from the others, over all images' pixels together (Choe et al. 2020).
public struct PixelAccuracy: Hashable, Sendable {
    /// At the threshold at which most of what is above it or an object's is both.
    public struct Overlap: Hashable, Sendable {
        /// Intersection over union of all pixels together.
        public let iou: Double
        /// Of the map; the lowest of equals.
        public let threshold: Double
    }

    public let tally: PixelTally

    public init(_ tally: PixelTally) { self.tally = tally }

    /// `PxAP`: the area under precision against recall, from the highest threshold down, as the sum of each precision times the
    /// step of the recall. Nil where no pixel is an object's.
    public var averagePrecision: Double? {
        let objects = tally.foreground.reduce(0, +)
        guard objects > 0 else { return nil }
        var area = 0.0
        var last = 0.0
        forEachThreshold { _, hits, others in
            // Above the highest value there is no precision.
            guard hits + others > 0 else { return }
            let recall = Double(hits) / Double(objects)
            area += Double(hits) / Double(hits + others) * (recall - last)
            last = recall
        }
        return area
    }

    /// `pIoU`. Nil where no pixel is an object's.
    public var overlap: Overlap? {
        let objects = tally.foreground.reduce(0, +)
        guard objects > 0 else { return nil }
        var best = Overlap(iou: -1, threshold: 1)
        forEachThreshold { place, hits, others in
            let iou = Double(hits) / Double(objects + others)
            if iou >= best.iou { best = Overlap(iou: iou, threshold: tally.bins.edges[place]) }
        }
        return best
    }

    /// From the highest threshold down: its place, and how many of the objects' pixels and of the others have at least its value.
    private func forEachThreshold(_ body: (_ place: Int, _ hits: Int, _ others: Int) -> Void) {
        var (hits, others) = (0, 0)
        for place in tally.bins.edges.indices.reversed() {
            hits += tally.foreground[place]
            others += tally.background[place]
            body(place, hits, others)
        }
    }
}
