import Dataset
import Evaluation
import Jobs
import Protocol
import SelectiveTuning

/// Measures maps on the threads of a pool: what a result says of its image's map.
public final class MapMeasurer: @unchecked Sendable {
    /// One a thread.
    private let profilers: [MapProfiler]
    private let convention: IoUConvention
    private let bins: PixelBins?

    /// What a result says of its image's map; see `ImageResult.Evaluated`.
    struct Measured {
        var profile: [UInt8]
        var histogram: [UInt8]?
    }

    /// Nil where the job asks for no such thing.
    /// - Throws: `NetworkError.outOfMemory`.
    public init?(network: Network, options: JobOptions, threads: Int) throws(NetworkError) {
        guard options.measuresMaps else { return nil }
        convention = options.iou
        bins = options.pixelBins
        var profilers: [MapProfiler] = []
        for _ in 0..<threads {
            guard let profiler = MapProfiler(inputSize: network.inputSize, convention: options.iou) else {
                throw .outOfMemory(bytes: 0, purpose: "measuring maps on \(threads) threads")
            }
            profilers.append(profiler)
        }
        self.profilers = profilers
    }

    /// - Parameter thread: of the pool; one call at a time for each.
    /// - Throws: `AnnotationFit.Contradiction` for an image that its annotation does not fit, `MalformedPixels` for a mask that is
    ///   none.
    func measure(
        _ map: ClassHypothesisMap, of image: LeasedImage, _ input: PreparedInput, thread: Int
    ) throws -> Measured {
        let boxes = try image.fit(width: input.width, height: input.height).boxes
        let profiler = profilers[thread]
        let profile = profiler.profile(
            map.values, width: map.size, height: map.size, truth: input.geometry.truthOfMaps(boxes, convention))
        guard let bins, let mask = image.mask else { return Measured(profile: profile.encoded) }
        let truth = try PixelTruth(mask, inputSize: profiler.inputSize)
        let histogram = profiler.histogram(map.values, width: map.size, height: map.size, truth, in: bins)
        return Measured(profile: profile.encoded, histogram: histogram.encoded)
    }
}
