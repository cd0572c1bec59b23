/// How many pixels of one image have its map's value in each bin: those of objects and those of the background. What the metrics
/// against masks need of a map.
public struct PixelHistogram: Hashable, Sendable {
    public struct Bin: Hashable, Sendable {
        /// In `PixelBins.edges`.
        public var place: Int
        public var foreground: Int
        public var background: Int

        public init(place: Int, foreground: Int, background: Int) {
            (self.place, self.foreground, self.background) = (place, foreground, background)
        }
    }

    /// Those that hold a pixel, ascending.
    public var bins: [Bin]

    init(bins: [Bin]) { self.bins = bins }

    /// Counts an image's pixels.
    /// - Parameter places: [inputSize, inputSize] bins, as `MapProfiler.places` gives them; below `bins.count`.
    init(_ places: [UInt16], _ truth: PixelTruth, in bins: PixelBins) {
        precondition(places.count == truth.kinds.count, "map and masks of one size")
        let width = bins.count
        // [kind, bin]: what is ignored is counted, too, and left.
        var counts = [Int](repeating: 0, count: PixelTruth.Kind.allCases.count * width)
        for (place, kind) in zip(places, truth.kinds) { counts[Int(kind) * width + Int(place)] += 1 }
        func count(_ kind: PixelTruth.Kind, _ place: Int) -> Int { counts[Int(kind.rawValue) * width + place] }
        self.bins = (0..<width).compactMap { place in
            let bin = Bin(
                place: place, foreground: count(.foreground, place), background: count(.background, place))
            return bin.foreground + bin.background == 0 ? nil : bin
        }
    }

    /// Of all bins together.
    public var counts: PixelCounts {
        PixelCounts(
            foreground: bins.reduce(0) { $0 + $1.foreground }, background: bins.reduce(0) { $0 + $1.background })
    }
}

extension MapProfiler {
    /// Of the map that was found last, which these values must be.
    /// - Parameter values: [height, width].
    public func histogram(
        _ values: [Float], width: Int, height: Int, _ truth: PixelTruth, in bins: PixelBins
    ) -> PixelHistogram {
        PixelHistogram(places(values, width: width, height: height, in: bins), truth, in: bins)
    }
}
