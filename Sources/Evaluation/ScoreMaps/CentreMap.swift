import Bytes
import SelectiveTuning

/// The benchmark's baseline for score maps: one map for every image, a round Gaussian in the middle. Its contours are
/// circles, so that a threshold chooses the side of a centred square.
public enum CentreMap {
    public static let name = "centred Gaussian"

    /// [size, size]; the standard deviation is a quarter of the side.
    public static func values(size: Int) -> [Float] {
        let middle = Double(size - 1) / 2
        let deviation = Double(size) / 4
        let axis = (0..<size).map { exp(-pow((Double($0) - middle) / deviation, 2) / 2) }
        return axis.flatMap { row in axis.map { Float(row * $0) } }
    }

    /// The baseline's metrics on these images. Nil when there is no memory.
    public static func evaluate(
        _ groundTruth: some Sequence<GroundTruth>, inputSize: Int, thresholds: MapThresholds,
        convention: IoUConvention
    ) -> MapAccuracy? {
        guard var walk = Walk(inputSize: inputSize, thresholds: thresholds, convention: convention) else { return nil }
        for image in groundTruth { walk.add(image.boxes) }
        return MapAccuracy(walk.tally)
    }

    /// The bin of each of the map's pixels; nil when there is no memory.
    public static func places(inputSize: Int, in bins: PixelBins) -> [UInt16]? {
        guard let profiler = MapProfiler(inputSize: inputSize, convention: .wsol) else { return nil }
        let map = values(size: inputSize)
        profiler.find(map, width: inputSize, height: inputSize)
        return profiler.places(map, width: inputSize, height: inputSize, in: bins)
    }

    /// Image by image: its contours are found once.
    struct Walk {
        private let profiler: MapProfiler
        private(set) var tally: MapTally

        /// Nil when there is no memory.
        init?(inputSize: Int, thresholds: MapThresholds, convention: IoUConvention) {
            guard let profiler = MapProfiler(inputSize: inputSize, convention: convention) else { return nil }
            profiler.find(values(size: inputSize), width: inputSize, height: inputSize)
            self.profiler = profiler
            tally = MapTally(thresholds: thresholds, convention: convention)
        }

        mutating func add(_ truth: [Box]) { tally.add(profiler.profile(truth: truth), truth: truth) }
    }
}
