import CKernels

/// Maps of activations of a device's batches: the activations of one layer, and the gradients by them where the map takes
/// those, are copied to the host, where a map is a few thousand products, by the code that makes it on the CPU.
final class CUDAActivationMaps: Sendable {
    private let mapping: ActivationMapping
    private let batch: Int
    private let plan: CUDAMemoryPlan
    /// The layer's storage of the whole batch, for each slot.
    private let features: [PinnedMemory]
    /// The classifier's weights, [classes][channels]; nil where the mapping asks for none.
    private let classifier: PinnedMemory?
    /// Where the mapping takes gradients: the pass, and what it gives for each slot.
    private let backward: (pass: CUDABackward, rectifier: RectifierGradient, gradients: [PinnedMemory])?

    /// Throws `CUDAFailure`, or `NetworkError` where the host has no memory.
    init(
        _ mapping: ActivationMapping, plan: CUDAMemoryPlan, weights: CUDAWeights, batch: Int, device: CUDADevice,
        stream: CUDAStream, pool: ThreadPool
    ) throws {
        self.mapping = mapping
        self.plan = plan
        self.batch = batch
        var features: [PinnedMemory] = []
        for _ in 0..<CUDAMemoryPlan.Sizes.slots {
            features.append(
                try PinnedMemory(device, bytes: plan.layout.storage(of: mapping.activation).image * batch * 4))
        }
        self.features = features
        if let layer = mapping.classifier {
            let rows = weights.layers[layer]!.rows
            let host = try PinnedMemory(device, bytes: rows.bytes)
            try stream.copy(rows.bytes, from: rows, to: host.pointer)
            try stream.synchronize()
            classifier = host
        } else {
            classifier = nil
        }
        if let rectifier = mapping.gradient {
            let pass = try CUDABackward(
                to: mapping.activation, memory: plan, weights: weights, batch: batch, device: device, stream: stream,
                pool: pool)
            let bytes = plan.shapes[mapping.activation].count * batch * 4
            var gradients: [PinnedMemory] = []
            for _ in 0..<CUDAMemoryPlan.Sizes.slots { gradients.append(try PinnedMemory(device, bytes: bytes)) }
            backward = (pass, rectifier, gradients)
        } else {
            backward = nil
        }
    }

    var takesGradients: Bool { backward != nil }

    /// Whether its memory is what another call needs: the maps of two methods or layers may be asked for in turn.
    func serves(_ other: ActivationMapping, batch: Int) -> Bool {
        self.batch == batch && mapping.title == other.title && mapping.activation == other.activation
            && mapping.classifier == other.classifier && mapping.gradient == other.gradient
    }

    /// Copies the activations of a batch that the stream has computed, and the gradients of the classes at `starts`, which
    /// are not read where the mapping takes none.
    func copy(
        _ count: Int, from activations: CUDAActivations, starts: DeviceMemory, toSlot slot: Int, on stream: CUDAStream
    ) throws(CUDAFailure) {
        let bytes = plan.layout.storage(of: mapping.activation).image * count * 4
        try stream.copy(bytes, from: activations.memory(of: mapping.activation).memory, to: features[slot].pointer)
        guard let backward else { return }
        try backward.pass.run(
            starts: starts, count: count, rectifier: backward.rectifier, activations: activations,
            to: backward.gradients[slot].buffer(as: Float.self).baseAddress!, on: stream)
    }

    /// The map of one class of an image, once the copy has arrived. Throws where it, or the class's score, is not finite.
    func map(slot: Int, image: Int, class start: Int, score: Float) throws(NetworkError) -> ReadOutMap {
        let (shape, storage) = (plan.shapes[mapping.activation], plan.layout.storage(of: mapping.activation))
        let floats = features[slot].buffer(as: Float.self)
        let origin = image * storage.image + plan.layout.origin(of: mapping.activation)
        let gradient = backward.map { backward in
            let gradients = backward.gradients[slot].buffer(as: Float.self).baseAddress!
            return FeatureView(
                origin: UnsafePointer(gradients + image * shape.count), row: shape.width * shape.channels,
                pixel: shape.channels)
        }
        var inputs = MapInputs(
            shape: shape,
            activations: FeatureView(
                origin: UnsafePointer(floats.baseAddress! + origin), row: storage.row, pixel: storage.channels),
            weights: classifier.map { UnsafePointer($0.buffer(as: Float.self).baseAddress! + start * shape.channels) },
            start: start, gradient: gradient)
        if backward != nil { inputs.score = score }
        return try mapping.gating(inputs, network: plan.network)
    }
}
