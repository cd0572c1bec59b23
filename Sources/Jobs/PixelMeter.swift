import Dataset
import Evaluation

/// Counts maps' pixels against masks, the map's own and the baseline's. One a thread.
public struct PixelMeter: Sendable {
    private let masks: MaskReader
    private let centre: [UInt16]
    private var tally: PixelTally
    private var centreTally: PixelTally

    /// Nil when there is no memory.
    public init?(masks: MaskReader, inputSize: Int, bins: PixelBins) {
        guard let centre = CentreMap.places(inputSize: inputSize, in: bins) else { return nil }
        self.masks = masks
        self.centre = centre
        tally = PixelTally(bins: bins)
        centreTally = tally
    }

    /// Counts one image.
    ///
    /// - Parameters:
    ///   - values: [height, width], the map that `profiler` has found last.
    ///   - geometry: of the image's annotated size.
    /// - Throws: `DatasetError` that names the mask's file.
    public mutating func add(
        _ values: [Float], width: Int, height: Int, foundBy profiler: MapProfiler, _ names: MaskNames,
        _ geometry: Geometry
    ) throws(DatasetError) {
        let truth = try masks.truth(of: names, in: geometry)
        tally.add(profiler.places(values, width: width, height: height, in: tally.bins), truth)
        centreTally.add(centre, truth)
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
