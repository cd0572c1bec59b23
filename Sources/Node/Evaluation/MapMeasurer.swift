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

    /// Nil where the job asks for no such thing.
    /// - Throws: `NetworkError.outOfMemory`.
    public init?(network: Network, options: JobOptions, threads: Int) throws(NetworkError) {
        guard options.measuresMaps else { return nil }
        convention = options.iou
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
    func profile(
        _ map: ClassHypothesisMap, of image: LeasedImage, _ input: PreparedInput, thread: Int
    ) throws(AnnotationFit.Contradiction) -> [UInt8] {
        let boxes = try image.fit(width: input.width, height: input.height).boxes
        return profilers[thread].profile(
            map.values, width: map.size, height: map.size, truth: input.geometry.truthOfMaps(boxes, convention)
        ).encoded
    }
}
