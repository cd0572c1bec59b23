import SelectiveTuning

/// What a node works with: one device, and where its images and weights come from.
public struct NodeResources: Sendable {
    /// Makes the device ready for one network, its weights and a precision. Throws `NetworkError` or `WeightError`.
    public typealias MakeBackend = @Sendable (Network, WeightFile, Precision) throws -> any Backend

    public var images: ImageSource
    public var weights: WeightsSource
    /// For decoding, and for a backend on the CPU.
    public var pool: ThreadPool
    /// For people, before a job has made a backend.
    public var device: String
    /// As in `NodeDescription`: a GPU's UUID, empty for processors.
    public var deviceID = ""
    public var makeBackend: MakeBackend
    /// Where decoded inputs are kept for the next run; nil: nowhere.
    public var inputs: InputCache?

    public init(
        images: ImageSource, weights: WeightsSource, pool: ThreadPool, device: String,
        makeBackend: @escaping MakeBackend
    ) {
        self.images = images
        self.weights = weights
        self.pool = pool
        self.device = device
        self.makeBackend = makeBackend
    }

    /// The GPU as the device, or the CPU where there is none. `inputs`: decoded inputs that are kept.
    public static func on(
        _ gpu: CUDADevice?, images: ImageSource, weights: WeightsSource, threads: Int, batch: Int? = nil,
        inputs: InputCache? = nil
    ) throws(NetworkError) -> NodeResources {
        var resources =
            if let gpu {
                try NodeResources.gpu(gpu, images: images, weights: weights, threads: threads, batch: batch)
            } else {
                try NodeResources.cpu(images: images, weights: weights, threads: threads, batch: batch)
            }
        resources.inputs = inputs
        return resources
    }

    /// The CPU as the device. `batch` nil: what memory allows. Throws when the system does not give so many threads.
    public static func cpu(
        images: ImageSource, weights: WeightsSource, threads: Int, batch: Int? = nil
    ) throws(NetworkError) -> NodeResources {
        let pool = try ThreadPool(threads: threads)
        return NodeResources(
            images: images, weights: weights, pool: pool, device: "cpu, \(threads) thread\(threads == 1 ? "" : "s")"
        ) {
            network, weights, precision in
            try CPUBackend(network: network, source: weights, pool: pool, batch: batch, precision: precision)
        }
    }

    /// A GPU as the device; `threads` of the host decode. `batch` nil: what the device's memory allows. Throws when the
    /// system does not give so many threads.
    public static func gpu(
        _ device: CUDADevice, images: ImageSource, weights: WeightsSource, threads: Int, batch: Int? = nil
    ) throws(NetworkError) -> NodeResources {
        let pool = try ThreadPool(threads: threads)
        // From gating to boxes, while the others decode.
        let boxes = try ThreadPool(threads: max(1, min(threads / 4, 4)))
        let text = "\(device.description), \(device.memoryBytes >> 20) MiB, \(threads) threads for decoding"
        var resources = NodeResources(images: images, weights: weights, pool: pool, device: text) {
            network, weights, precision in
            guard precision == .exact else {
                throw JobRefused(
                    .device, "\(device.description) computes precision exact only: leave out --precision fast")
            }
            return try CUDABackend(network: network, source: weights, device: device, pool: boxes, batch: batch)
        }
        resources.deviceID = device.uuid
        return resources
    }
}
