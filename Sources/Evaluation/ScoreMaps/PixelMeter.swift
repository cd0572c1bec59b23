/// Counts images' pixels against their masks: those of the maps, and those of the baseline.
public struct PixelMeter: Sendable {
    private let centre: [UInt16]
    private var tally: PixelTally
    private var centreTally: PixelTally

    /// Nil when there is no memory.
    public init?(inputSize: Int, bins: PixelBins) {
        guard let centre = CentreMap.places(inputSize: inputSize, in: bins) else { return nil }
        self.centre = centre
        tally = PixelTally(bins: bins)
        centreTally = tally
    }

    public var bins: PixelBins { tally.bins }

    /// Counts one image.
    public mutating func add(_ found: PixelFinding) {
        tally.add(found.histogram)
        centreTally.add(PixelHistogram(centre, found.truth, in: bins))
    }

    /// Adds what another thread has counted.
    public mutating func add(_ other: PixelMeter) {
        tally.add(other.tally)
        centreTally.add(other.centreTally)
    }

    public var report: MapReport.Pixels {
        MapReport.Pixels(accuracy: PixelAccuracy(tally), baseline: PixelAccuracy(centreTally))
    }
}

/// What was counted of an image's map, and the masks against which it was.
public struct PixelFinding: Hashable, Sendable {
    public var histogram: PixelHistogram
    public var truth: PixelTruth

    public init(histogram: PixelHistogram, truth: PixelTruth) { (self.histogram, self.truth) = (histogram, truth) }
}
