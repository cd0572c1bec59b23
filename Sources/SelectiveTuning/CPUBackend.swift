import Bytes
import CKernels

/// The CPU as a backend: every stage runs over the pool's threads, the top-down pass one image a thread.
public final class CPUBackend: Backend, @unchecked Sendable {
    public let network: Network
    public let device: String
    public let batchCapacity: Int
    public let precision: Precision
    let forward: ForwardPass
    private let topDown: [TopDownPass]
    private let pool: ThreadPool
    /// The last one that was needed.
    private var backward: BackwardPass?

    /// Reads, checks and packs the weights. `batch` nil: as many images as some 400 MB of activations hold, at most 32, and
    /// no more than the process may have memory for.
    public init(
        network: Network, source: some TensorSource, pool: ThreadPool, batch: Int? = nil,
        precision: Precision = .exact, isa: ck_isa = ck_isa_best()
    ) throws {
        self.precision = precision
        self.network = network
        self.pool = pool
        let limits = MemoryLimits.current()
        var capacity = try batch ?? CPUBackend.defaultBatch(network, free: limits.free, reserve: limits.reserve)
        // Beyond the limit of a control group nothing fails: the process is ended.
        let least = try CPUBackend.leastBytes(network) + Double(limits.reserve)
        guard Double(limits.free) >= least else {
            let bytes = Int(min(least, Double(Int.max / 2)))
            throw NetworkError.outOfMemory(
                bytes: bytes, purpose: "one picture at a time: \(limits.name) leaves \(limits.free)")
        }
        while true {
            do {
                let pass = try ForwardPass(
                    network: network, source: source, pool: pool, batchCapacity: capacity, precision: precision,
                    isa: isa)
                topDown = try (0..<min(pool.threads, capacity)).map { _ in try TopDownPass(forward: pass, isa: isa) }
                forward = pass
                break
            } catch NetworkError.outOfMemory where batch == nil && capacity > 1 {
                capacity /= 2
            }
        }
        batchCapacity = capacity
        device = "cpu \(String(cString: ck_isa_name(isa))), \(pool.threads) thread\(pool.threads == 1 ? "" : "s")"
    }

    /// `free`: bytes that the process may still take. A quarter of them, and no less than `reserve`, stays for what is not
    /// known here: images, threads, maps.
    package static func defaultBatch(_ network: Network, free: Int, reserve: Int) throws(NetworkError) -> Int {
        let image = max(1, try network.activationBytes())
        let left = min(Double(free) * 0.75, Double(free) - Double(reserve)) - (try weightBytes(network))
        return min(32, max(1, 400_000_000 / image), Int(min(32, max(1, left / Double(image)))))
    }

    /// Bytes of a network's weights and of the activations of one picture.
    package static func leastBytes(_ network: Network) throws(NetworkError) -> Double {
        try weightBytes(network) + Double(try network.activationBytes())
    }

    /// Each of the two passes has its own layout of them. As a floating-point number: a description from elsewhere may ask for more than can be counted.
    private static func weightBytes(_ network: Network) throws(NetworkError) -> Double {
        try network.tensors().reduce(0.0) { $0 + $1.shape.reduce(8.0) { $0 * Double($1) } }
    }

    public func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision)
        throws(NetworkError) -> [Finding]
    {
        forwardOnly(pictures, precision: precision)
        return try topDownOnly(pictures, options: options)
    }

    /// Both maps in one pass.
    public func evaluate(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String
    ) throws(NetworkError) -> [Finding] {
        forwardOnly(pictures, precision: precision)
        return try topDownOnly(pictures, options: options, mapReadOut: mapReadOut)
    }

    /// The bottom-up half of `evaluate`, for measurements: with products of zeros skipped, or every one made.
    package func forwardOnly(_ pictures: [Picture], precision: Precision? = nil, skipsZeros: Bool = true) {
        forward.run(pictures.map(\.pixels), precision: precision ?? self.precision, skipsZeros: skipsZeros)
    }

    /// The same, and how long each layer took.
    package func layerTimes(_ pictures: [Picture], precision: Precision? = nil) -> [Duration] {
        let clock = LayerClock(layers: network.layers.count)
        forward.run(pictures.map(\.pixels), precision: precision ?? self.precision, clock: clock)
        return clock.times
    }

    /// The outputs of the last layer for one picture of the last batch.
    package func outputs(image: Int) -> [Float] { Array(forward.outputs(image: image)) }

    /// The activations of a layer for one picture of the last batch, [height][width][channels]; for comparisons.
    /// Nil where there is no such layer or the next one has overwritten them.
    package func activations(of layer: String, image: Int) -> [Float]? {
        guard
            let number = network.activation(named: layer),
            !forward.layout.overwritten.contains(number)
        else { return nil }
        let (shape, storage) = (forward.shapes[number], forward.layout.storage(of: number))
        let origin = forward.address(of: number, image: image)
        return (0..<shape.height).flatMap { y in
            (0..<shape.width).flatMap { x in
                UnsafeBufferPointer(start: origin + y * storage.row + x * storage.channels, count: shape.channels)
            }
        }
    }

    /// Whose memory a task of the top-down pass uses: its thread's; where there are fewer passes than threads, there are
    /// no more pictures than passes either, and each picture has one of its own. Never both rules in one batch.
    package static func pass(thread: Int, image: Int, passes: Int, threads: Int) -> Int {
        passes == threads ? thread : image
    }

    /// The second half of `evaluate`, over the activations of the last `forwardOnly`.
    package func topDownOnly(
        _ pictures: [Picture], options: LocalizationOptions, mapReadOut: String? = nil
    ) throws(NetworkError) -> [Finding] {
        let classes = forward.shapes.last!.channels
        for picture in pictures where !(0..<classes).contains(picture.label) {
            throw .unknownClass(index: picture.label, classes: classes)
        }
        switch try options.source(in: network) {
        case .gating(let activation, let place):
            return try topDown(pictures, options, to: activation, place, mapReadOut: mapReadOut)
        case .activations(let mapping):
            return try mapped(pictures, options, mapping, withHypothesis: mapReadOut != nil)
        }
    }

    private func topDown(
        _ pictures: [Picture], _ options: LocalizationOptions, to readOut: Int, _ place: ReadOut, mapReadOut: String?
    ) throws(NetworkError) -> [Finding] {
        var second: Int?
        if let mapReadOut { second = try network.readOut(named: mapReadOut).activation }
        return try eachPicture(pictures, options, place) {
            [topDown, second, threads = pool.threads] image, thread, start throws(NetworkError) in
            try topDown[Self.pass(thread: thread, image: image, passes: topDown.count, threads: threads)].run(
                image: image, start: start, readOut: readOut, second: second, options: options.topDown)
        }
    }

    /// A map of activations is its own class-hypothesis map.
    private func mapped(
        _ pictures: [Picture], _ options: LocalizationOptions, _ mapping: ActivationMapping, withHypothesis: Bool
    ) throws(NetworkError) -> [Finding] {
        if let rule = mapping.gradient {
            let starts = pictures.indices.map { start(of: pictures[$0], image: $0, options) }
            let maps = try gradientMaps(mapping, rule, starts)
            return try eachPicture(pictures, options, .image) { image, _, _ throws(NetworkError) in
                let map = try maps[image].get()
                return (map, ck_td_stats(), withHypothesis ? map : nil)
            }
        }
        return try eachPicture(pictures, options, .image) { [forward, network] image, _, start throws(NetworkError) in
            let map = try mapping.gating(forward.mapInputs(mapping, image: image, start: start), network: network)
            return (map, ck_td_stats(), withHypothesis ? map : nil)
        }
    }

    /// The maps of the last batch's pictures, each of the class it starts from, by the gradient of that class's score.
    private func gradientMaps(
        _ mapping: ActivationMapping, _ rule: RectifierGradient, _ starts: [Int]
    ) throws(NetworkError) -> [Result<ReadOutMap, NetworkError>] {
        if backward?.plan.target != mapping.activation {
            backward = nil  // its memory is needed
            backward = try BackwardPass(forward: forward, to: mapping.activation)
        }
        let maps = Slots<Result<ReadOutMap, NetworkError>>(count: starts.count)
        try backward!.run(classes: starts, rectifier: rule) { [forward, network] image, _, gradient, row, pixel in
            maps.values[image] = Result { () throws(NetworkError) in
                var inputs = forward.mapInputs(mapping, image: image, start: starts[image])
                inputs.gradient = FeatureView(origin: gradient, row: row, pixel: pixel)
                inputs.score = forward.outputs(image: image)[starts[image]]
                return try mapping.gating(inputs, network: network)
            }
        }
        return maps.values.map { $0! }
    }

    /// The class whose object is localized.
    private func start(of picture: Picture, image: Int, _ options: LocalizationOptions) -> Int {
        options.classSource == .label ? picture.label : Ranking.top(1, of: forward.outputs(image: image))[0]
    }

    private typealias Mapped = (map: ReadOutMap, stats: ck_td_stats, second: ReadOutMap?)

    /// What all methods have in common: the class to start from, and the way from its map to a box.
    private func eachPicture(
        _ pictures: [Picture], _ options: LocalizationOptions, _ readOut: ReadOut,
        map: @escaping @Sendable (_ image: Int, _ thread: Int, _ start: Int) throws(NetworkError) -> Mapped
    ) throws(NetworkError) -> [Finding] {
        let results = pool.map(pictures.count) { [forward, network] image, thread in
            Result { () throws(NetworkError) in
                let outputs = forward.outputs(image: image)
                let top5 = Ranking.top(5, of: outputs)
                let start = options.classSource == .label ? pictures[image].label : top5[0]
                let (map, stats, hypothesis) = try map(image, thread, start)
                let (box, isEmpty) = localize(
                    map: map, options: options.box, readOut: readOut, inputSize: network.inputSize)
                return Finding(
                    top5: top5, scores: top5.map { outputs[$0] }, box: box, isEmpty: isEmpty,
                    droppedMass: stats.dropped_mass, ties: stats.ties, ineligible: stats.ineligible, map: map,
                    hypothesis: hypothesis)
            }
        }
        var localizations: [Finding] = []
        for result in results { localizations.append(try result.get()) }
        return localizations
    }
}
