/// How many pixels of all images have a map's value in each bin: those of objects and those of the background. Integers
/// alone, so that the tallies of several threads add up to the same whatever the order.
public struct PixelTally: Hashable, Sendable {
    public let bins: PixelBins
    /// By bin.
    public private(set) var foreground: [Int]
    public private(set) var background: [Int]

    public init(bins: PixelBins) {
        self.bins = bins
        foreground = [Int](repeating: 0, count: bins.count)
        background = foreground
    }

    /// Counts one image.
    public mutating func add(_ image: PixelHistogram) {
        for bin in image.bins {
            foreground[bin.place] += bin.foreground
            background[bin.place] += bin.background
        }
    }

    /// Adds the images of another tally with the same bins.
    public mutating func add(_ other: PixelTally) {
        precondition(bins == other.bins, "tallies of the same kind")
        for place in foreground.indices {
            foreground[place] += other.foreground[place]
            background[place] += other.background[place]
        }
    }
}
