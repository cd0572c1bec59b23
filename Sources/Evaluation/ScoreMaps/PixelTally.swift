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
    /// - Parameter places: [inputSize, inputSize] bins, as `MapProfiler.places` gives them.
    public mutating func add(_ places: [UInt16], _ truth: PixelTruth) {
        precondition(places.count == truth.kinds.count, "map and masks of one size")
        for (place, kind) in zip(places, truth.kinds) {
            switch kind {
            case PixelTruth.Kind.foreground.rawValue: foreground[Int(place)] += 1
            case PixelTruth.Kind.background.rawValue: background[Int(place)] += 1
            default: break
            }
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
