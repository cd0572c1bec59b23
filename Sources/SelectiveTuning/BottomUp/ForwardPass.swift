import CKernels

/// The bottom-up pass on the CPU: every layer's activations are kept, since the top-down pass reads them.
///
/// One batch at a time; the activations of the last batch stay until the next one.
final class ForwardPass: @unchecked Sendable {
    let network: Network
    let shapes: [Shape]
    let layout: ActivationLayout
    let weights: [LayerWeights?]
    /// For each layer that has a faster kernel; empty for a pass that was made for `exact`.
    let fastWeights: [FastWeights?]
    let batchCapacity: Int
    private let precision: Precision
    let isa: ck_isa
    let hasBF16: Bool
    let pool: ThreadPool
    private let table: [Float]
    private var storages: [FloatBuffer] = []
    let nonzero: NonzeroBits
    /// For each thread.
    let scratch: [FloatBuffer]

    /// Reads, checks and packs the weights, and allocates activations for `batchCapacity` images.
    init(
        network: Network, source: some TensorSource, pool: ThreadPool, batchCapacity: Int,
        precision: Precision = .exact, isa: ck_isa = ck_isa_best()
    ) throws {
        self.precision = precision
        self.network = network
        self.isa = isa
        self.pool = pool
        self.batchCapacity = batchCapacity
        shapes = try network.shapes()
        layout = ActivationLayout(network: network, shapes: shapes)
        table = network.normalization.table
        let (shapes, inputs) = (shapes, layout.inputs)
        weights = try WeightReading.all(of: network, shapes: shapes, inputs: inputs, source: source, pool: pool) { $0 }
        let hasBF16 = ck_cpu_has_bf16() != 0 && isa == CK_ISA_AVX512
        self.hasBF16 = hasBF16
        let exact = weights
        fastWeights =
            precision == .exact
            ? []
            : try network.layers.enumerated().map { number, layer in
                try exact[number].flatMap { weights in
                    try FastWeights(
                        weights, output: shapes[number + 1], name: layer.name, isa: isa, hasBF16: hasBF16, pool: pool)
                }
            }
        storages = try layout.storages.map {
            try FloatBuffer(count: $0.image * batchCapacity, purpose: "activations of \(batchCapacity) images")
        }
        nonzero = try NonzeroBits(
            network: network, shapes: shapes, layout: layout, batchCapacity: batchCapacity, isa: isa)
        var scratchFloats = fastWeights.reduce(Int(CK_CONV_SCRATCH)) { most, fast in
            max(most, fast.map { ($0.scratchBytes + 3) / 4 } ?? 0)
        }
        for (number, layer) in network.layers.enumerated() {
            scratchFloats = max(scratchFloats, layer.work.scratch(input: shapes[inputs[number][0]]))
        }
        scratch = try (0..<pool.threads).map { [scratchFloats] _ in
            try FloatBuffer(count: scratchFloats, purpose: "scratch memory")
        }
    }

    /// The memory that holds an activation.
    func storage(of activation: Int) -> UnsafeMutablePointer<Float> {
        storages[layout.places[activation].storage].pointer
    }

    /// Channel 0 of pixel (0, 0) of an activation (0 = the picture, n + 1 = layer n) of one image of the batch.
    func address(of activation: Int, image: Int) -> UnsafeMutablePointer<Float> {
        let place = layout.places[activation]
        return storages[place.storage].pointer + layout.storages[place.storage].image * image
            + layout.origin(of: activation)
    }

    /// Runs the whole network over pictures of [inputSize][inputSize][3] 8-bit RGB; at most `batchCapacity` of them.
    /// Only a pass that was made for `fast` can compute so. Whether products with zeros are skipped changes no bit.
    func run(_ pictures: [[UInt8]], precision: Precision, skipsZeros: Bool = true, clock: LayerClock? = nil) {
        precondition(pictures.count <= batchCapacity)
        precondition(precision == .exact || self.precision == .fast)
        nonzero.begin(inUse: skipsZeros)
        pool.run(pictures.count) { image, _ in self.normalize(pictures[image], image: image) }
        let batch = pictures.count
        let stretches = Stretch.all(
            network: network, shapes: shapes, inputs: layout.inputs, batch: batch, threads: pool.threads)
        for stretch in stretches {
            guard let share = stretch.pictures else {
                compute(stretch.layers, images: 0..<batch, thread: nil, precision, clock)
                continue
            }
            pool.run((batch + share - 1) / share) { turn, thread in
                let images = turn * share..<min((turn + 1) * share, batch)
                self.compute(stretch.layers, images: images, thread: thread, precision, clock)
            }
        }
    }

    /// Some layers of some pictures, by one thread of the pool or, where that is nil, by all of them.
    private func compute(
        _ layers: Range<Int>, images: Range<Int>, thread: Int?, _ precision: Precision, _ clock: LayerClock?
    ) {
        for number in layers {
            let layer = CPULayer(self, number: number, images: images, thread: thread, precision: precision)
            let work = network.layers[number].work
            guard let clock else {
                work.forward(layer)
                continue
            }
            clock.measure(layer: number, threads: thread == nil ? 1 : pool.threads) { work.forward(layer) }
        }
    }

    /// The last layer's output of one image.
    func outputs(image: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: address(of: network.layers.count, image: image), count: shapes.last!.channels)
    }

    private func normalize(_ picture: [UInt8], image: Int) {
        precondition(picture.count == shapes[0].count)
        let order = network.normalization.channelOrder.map(Int32.init)
        let storage = layout.storage(of: 0)
        ck_normalize(
            picture, Int32(shapes[0].height), Int32(shapes[0].width), table, order, address(of: 0, image: image),
            storage.row, storage.channels)
    }
}
