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
    private let fastWeights: [FastWeights?]
    let batchCapacity: Int
    private let precision: Precision
    private let isa: ck_isa
    private let hasBF16: Bool
    private let pool: ThreadPool
    private let table: [Float]
    private var storages: [FloatBuffer] = []
    private let nonzero: NonzeroBits
    private let scratch: [FloatBuffer]
    /// For each thread; of no size where the network has no local response normalisation.
    private let responseScratch: [FloatBuffer]

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
        let source = try source.fitted(to: network)
        weights = try network.layers.enumerated().map { number, layer in
            try LayerWeights(
                layer: layer, network: network.name, input: shapes[inputs[number][0]], source: source, pool: pool)
        }
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
        nonzero = try NonzeroBits(network: network, layout: layout, batchCapacity: batchCapacity, isa: isa)
        let scratchFloats = fastWeights.reduce(Int(CK_CONV_SCRATCH)) { most, fast in
            max(most, fast.map { ($0.scratchBytes + 3) / 4 } ?? 0)
        }
        scratch = try (0..<pool.threads).map { _ in
            try FloatBuffer(count: scratchFloats, purpose: "scratch memory")
        }
        let response = network.layers.enumerated().reduce(0) { most, layer in
            guard case .localResponseNormalization(let normalization) = layer.element.kind else { return most }
            return max(
                most,
                ck_local_response_scratch(Int32(shapes[layer.offset + 1].channels), Int32(normalization.size)))
        }
        responseScratch = try (0..<pool.threads).map { _ in
            try FloatBuffer(count: response, purpose: "scratch memory")
        }
    }

    /// Channel 0 of pixel (0, 0) of an activation (0 = the picture, n + 1 = layer n) of one image of the batch.
    func address(of activation: Int, image: Int) -> UnsafeMutablePointer<Float> {
        let place = layout.places[activation]
        return storages[place.storage].pointer + layout.storages[place.storage].image * image
            + layout.origin(of: activation)
    }

    /// Runs the whole network over pictures of [inputSize][inputSize][3] 8-bit RGB; at most `batchCapacity` of them.
    /// Only a pass that was made for `fast` can compute so. Whether products with zeros are skipped changes no bit.
    func run(_ pictures: [[UInt8]], precision: Precision, skipsZeros: Bool = true) {
        precondition(pictures.count <= batchCapacity)
        precondition(precision == .exact || self.precision == .fast)
        nonzero.begin(inUse: skipsZeros)
        pool.run(pictures.count) { image, _ in self.normalize(pictures[image], image: image) }
        for number in network.layers.indices { run(layer: number, batch: pictures.count, precision) }
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

    private func run(layer number: Int, batch: Int, _ precision: Precision) {
        let inputs = layout.inputs[number]
        switch network.layers[number].kind {
        case .convolution, .linear:
            convolve(
                number, input: inputs[0], weights: weights[number]!,
                fast: precision == .fast ? fastWeights[number] : nil, batch: batch)
        case .maxPool(let pooling):
            pool.run(batch) { [isa] image, _ in
                var call = self.poolCall(from: inputs[0], to: number + 1, image: image)
                (call.kernel, call.stride, call.padding) = (
                    Int32(pooling.kernel), Int32(pooling.stride), Int32(pooling.padding)
                )
                ck_max_pool(isa, &call)
            }
        case .averagePool(let pooling, let countsPadding):
            pool.run(batch) { [isa] image, _ in
                var call = self.poolCall(from: inputs[0], to: number + 1, image: image)
                (call.kernel, call.stride, call.padding) = (
                    Int32(pooling.kernel), Int32(pooling.stride), Int32(pooling.padding)
                )
                call.counts_padding = countsPadding ? 1 : 0
                ck_average_pool(isa, &call)
            }
        case .localResponseNormalization(let normalization):
            pool.run(batch) { [isa, responseScratch] image, thread in
                var call = self.localResponseCall(normalization, from: inputs[0], to: number + 1, image: image)
                ck_local_response_run(isa, &call, responseScratch[thread].pointer)
            }
        case .globalAveragePool:
            pool.run(batch) { image, _ in
                var call = self.poolCall(from: inputs[0], to: number + 1, image: image)
                ck_global_average(&call)
            }
        case .concatenation:
            guard let copied = layout.copied[number] else { return }
            pool.run(batch) { image, _ in
                var offset = 0
                for input in inputs {
                    if copied.contains(input) {
                        var call = self.poolCall(from: input, to: number + 1, image: image)
                        call.output += offset
                        call.channels = Int32(self.shapes[input].channels)
                        ck_copy_channels(&call)
                    }
                    offset += self.shapes[input].channels
                }
            }
        }
    }

    private func localResponseCall(
        _ normalization: Layer.LocalResponseNormalization, from input: Int, to output: Int, image: Int
    ) -> ck_local_response {
        let (from, to) = (layout.storage(of: input), layout.storage(of: output))
        var call = ck_local_response()
        call.input = UnsafePointer(address(of: input, image: image))
        (call.input_row, call.input_pixel) = (from.row, from.channels)
        call.output = address(of: output, image: image)
        (call.output_row, call.output_pixel) = (to.row, to.channels)
        let shape = shapes[output]
        (call.height, call.width, call.channels) = (Int32(shape.height), Int32(shape.width), Int32(shape.channels))
        call.size = Int32(normalization.size)
        call.alpha_over_size = normalization.alpha / Float(normalization.size)
        call.k = normalization.k
        return call
    }

    private func poolCall(from input: Int, to output: Int, image: Int) -> ck_pool2d {
        var call = ck_pool2d()
        let (from, to) = (layout.storage(of: input), layout.storage(of: output))
        call.input = UnsafePointer(address(of: input, image: image))
        (call.input_row, call.input_pixel) = (from.row, from.channels)
        (call.input_height, call.input_width) = (Int32(shapes[input].height), Int32(shapes[input].width))
        call.output = address(of: output, image: image)
        (call.output_row, call.output_pixel) = (to.row, to.channels)
        (call.height, call.width) = (Int32(shapes[output].height), Int32(shapes[output].width))
        call.channels = Int32(shapes[output].channels)
        return call
    }

    private func convolve(_ number: Int, input: Int, weights: LayerWeights, fast: FastWeights?, batch: Int) {
        let (from, to) = (layout.storage(of: input), layout.storage(of: number + 1))
        let geometry = weights.geometry
        let runs = geometry.runs(row: from.row, pixel: from.channels)
        let (groupIn, groupOut) = (geometry.groupIn, geometry.groupOut)
        runs.offsets.withUnsafeBufferPointer { offsets in
            runs.lengths.withUnsafeBufferPointer { lengths in
                for group in 0..<geometry.groups {
                    var call = ck_conv()
                    call.input = UnsafePointer(
                        address(of: input, image: 0) - geometry.padding * (from.row + from.channels) + group * groupIn)
                    (call.input_image, call.input_row, call.input_pixel) = (from.image, from.row, from.channels)
                    (call.stride_y, call.stride_x) = (Int32(geometry.stride), Int32(geometry.stride))
                    call.output = address(of: number + 1, image: 0) + group * groupOut
                    (call.output_image, call.output_row, call.output_pixel) = (to.image, to.row, to.channels)
                    call.batch = Int32(batch)
                    call.height = Int32(shapes[number + 1].height)
                    call.width = Int32(shapes[number + 1].width)
                    call.channels = Int32(groupOut)
                    call.runs = Int32(offsets.count)
                    (call.run_offset, call.run_length) = (offsets.baseAddress, lengths.baseAddress)
                    call.weights = UnsafePointer(weights.packed.pointer + group * geometry.paddedGroup * geometry.chain)
                    call.bias = UnsafePointer(weights.bias.pointer + group * geometry.paddedGroup)
                    call.relu = geometry.relu ? 1 : 0
                    if let fast {
                        run(fast, group: group, channelsIn: groupIn, call)
                        continue
                    }
                    call.nonzero = nonzeroBits(activation: input, from: call.input, batch: batch)
                    let tasks = Int(ck_conv_tasks(&call))
                    nonisolated(unsafe) let fixed = call
                    pool.run(tasks) { [isa, scratch] task, thread in
                        withUnsafePointer(to: fixed) { ck_conv_run(isa, $0, Int32(task), scratch[thread].pointer) }
                    }
                }
            }
        }
    }

    /// The bit of the float at `first`, for a convolution that begins there; nil where its strides do not allow it.
    private func nonzeroBits(activation: Int, from first: UnsafePointer<Float>, batch: Int) -> UnsafePointer<UInt8>? {
        let storage = UnsafePointer(storages[layout.places[activation].storage].pointer)
        return nonzero.pointer(
            activation: activation, storage: storage, offset: first - storage, batch: batch, isa: isa, pool: pool)
    }

    private func run(_ fast: FastWeights, group: Int, channelsIn: Int, _ call: ck_conv) {
        var layer = ck_conv_fast()
        layer.method = fast.method
        layer.isa = isa
        layer.bf16 = hasBF16 ? 1 : 0
        layer.channels_in = Int32(channelsIn)
        layer.weights = UnsafeRawPointer(fast.packed.pointer + group * fast.stride)
        layer.conv = call
        nonisolated(unsafe) let fixed = layer
        pool.run(Int(ck_conv_fast_tasks(&layer))) { [scratch] task, thread in
            withUnsafePointer(to: fixed) { ck_conv_fast_run($0, Int32(task), scratch[thread].pointer) }
        }
    }
}
