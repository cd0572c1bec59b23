import CKernels

/// Class activation maps of a device's batches: the features are copied to the host, where a map is a few thousand
/// products.
final class CUDAClassActivation: Sendable {
    let batch: Int
    private let source: ClassActivation
    private let plan: CUDAMemoryPlan
    /// The features' storage of the whole batch, for each slot.
    private let features: [PinnedMemory]
    /// The classifier's weights, [classes][channels]; nil where the features' channels are the classes.
    private let classifier: PinnedMemory?

    init(
        _ source: ClassActivation, plan: CUDAMemoryPlan, weights: CUDAWeights, batch: Int, device: CUDADevice,
        stream: CUDAStream
    ) throws(CUDAFailure) {
        self.source = source
        self.plan = plan
        self.batch = batch
        var features: [PinnedMemory] = []
        for _ in 0..<CUDAMemoryPlan.Sizes.slots {
            features.append(try PinnedMemory(device, bytes: plan.layout.storage(of: source.features).image * batch * 4))
        }
        self.features = features
        if let layer = source.classifier {
            let rows = weights.layers[layer]!.rows
            let host = try PinnedMemory(device, bytes: rows.bytes)
            try stream.copy(rows.bytes, from: rows, to: host.pointer)
            try stream.synchronize()
            classifier = host
        } else {
            classifier = nil
        }
    }

    /// Copies the features of a batch that the stream has computed.
    func copy(
        _ count: Int, from activations: CUDAActivations, toSlot slot: Int, on stream: CUDAStream
    ) throws(CUDAFailure) {
        let bytes = plan.layout.storage(of: source.features).image * count * 4
        try stream.copy(bytes, from: activations.memory(of: source.features).memory, to: features[slot].pointer)
    }

    /// The map of one class of an image, once the copy has arrived. Throws where it is not finite.
    func map(slot: Int, image: Int, class start: Int) throws(NetworkError) -> ReadOutMap {
        let (shape, storage) = (plan.shapes[source.features], plan.layout.storage(of: source.features))
        let floats = features[slot].buffer(as: Float.self)
        let map = ClassActivationMap(
            features: floats.baseAddress! + image * storage.image + plan.layout.origin(of: source.features),
            shape: shape, row: storage.row, pixel: storage.channels,
            weights: classifier.map { UnsafePointer($0.buffer(as: Float.self).baseAddress! + start * shape.channels) },
            class: start)
        guard map.isFinite else { throw .classActivationNotFinite(network: plan.network.name) }
        return map.gating(inputSize: plan.network.inputSize)
    }
}
