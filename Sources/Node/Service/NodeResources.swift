import SelectiveTuning

/// What a node works with: its devices, and where its images and weights come from.
public struct NodeResources: Sendable {
    /// Makes the devices ready for one network, its weights and a precision; the last argument is told of each device that
    /// is lost while others go on. Throws `NetworkError` or `WeightError`.
    public typealias MakeBackend =
        @Sendable (Network, WeightFile, Precision, @escaping @Sendable (SeveralBackends.Loss) -> Void) throws ->
        any Backend

    public var images: ImageSource
    public var weights: WeightsSource
    /// For decoding, and for a backend on the CPU.
    public var pool: ThreadPool
    public var makeBackend: MakeBackend
    /// Where decoded inputs are kept for the next run; nil: nowhere.
    public var inputs: InputCache?
    private let describe: @Sendable () -> (device: String, ids: [String])

    /// For people, without what a job makes of it; a device that has failed is not in it any more.
    public var device: String { describe().device }
    /// As in `NodeDescription`: UUIDs of the GPUs that work, none for processors.
    public var deviceIDs: [String] { describe().ids }

    /// `describe` gives what the two above say now.
    public init(
        images: ImageSource, weights: WeightsSource, pool: ThreadPool,
        describe: @escaping @Sendable () -> (device: String, ids: [String]), makeBackend: @escaping MakeBackend
    ) {
        self.images = images
        self.weights = weights
        self.pool = pool
        self.describe = describe
        self.makeBackend = makeBackend
    }

    public init(
        images: ImageSource, weights: WeightsSource, pool: ThreadPool, device: String,
        makeBackend: @escaping MakeBackend
    ) {
        self.init(images: images, weights: weights, pool: pool, describe: { (device, []) }, makeBackend: makeBackend)
    }

    /// GPUs as the devices, or the CPU where there are none. `inputs`: decoded inputs that are kept.
    public static func on(
        _ gpus: ServedGPUs?, images: ImageSource, weights: WeightsSource, threads: Int, batch: Int? = nil,
        inputs: InputCache? = nil
    ) throws(NetworkError) -> NodeResources {
        var resources =
            if let gpus {
                try NodeResources.gpus(gpus, images: images, weights: weights, threads: threads, batch: batch)
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
            network, weights, precision, _ in
            try CPUBackend(network: network, source: weights, pool: pool, batch: batch, precision: precision)
        }
    }

    /// GPUs as the devices; `threads` of the host decode for all of them. `batch`: pictures of one call on one GPU; nil: what
    /// its memory allows. Throws when the system does not give so many threads.
    public static func gpus(
        _ gpus: ServedGPUs, images: ImageSource, weights: WeightsSource, threads: Int, batch: Int? = nil
    ) throws(NetworkError) -> NodeResources {
        let pool = try ThreadPool(threads: threads)
        // From gating to boxes, while the others decode. A pool serves one caller at a time: a GPU would wait for another's.
        let each = max(1, min(threads / gpus.devices.count / 4, 4))
        var boxes: [ThreadPool] = []
        for _ in gpus.devices { boxes.append(try ThreadPool(threads: each)) }
        return NodeResources(
            images: images, weights: weights, pool: pool,
            describe: {
                (
                    "\(gpus.description), \(threads) thread\(threads == 1 ? "" : "s") for decoding",
                    gpus.working.map(\.uuid)
                )
            }
        ) { [boxes] network, weights, precision, onLoss in
            guard precision == .exact else {
                let devices = DeviceNumbers.text("GPU", gpus.working.map(\.index))
                throw JobRefused(
                    .device, "\(devices): a GPU computes precision exact only: leave out --precision fast")
            }
            return try gpus.backend(network, weights, batch: batch, boxes: boxes, onLoss: onLoss)
        }
    }
}
