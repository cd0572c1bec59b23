extension CUDABackend {
    /// The derivatives of the scores of `classes`, one for each of the first pictures of the last batch, by a layer's output (or
    /// `image`), [height][width][channels]; for comparisons. Nil where there is no such layer.
    package func gradients(of classes: [Int], by layer: String, rectifier: RectifierGradient = .plain) throws
        -> [[Float]]?
    {
        guard let activation = network.activation(named: layer), let workspace else { return nil }
        try gpu.makeCurrent()
        let pass = try CUDABackward(
            to: activation, memory: plan, weights: weights, batch: workspace.batch, device: gpu, stream: compute,
            pool: pool)
        let slot = workspace.slots[0]
        let starts = slot.hostStarts.buffer(as: Int32.self)
        for (image, index) in classes.enumerated() { starts[image] = Int32(index) }
        try compute.copy(classes.count * 4, from: slot.hostStarts.pointer, to: slot.starts)
        let size = plan.shapes[activation].count
        let host = try PinnedMemory(gpu, bytes: size * classes.count * 4)
        let floats = host.buffer(as: Float.self)
        try pass.run(
            starts: slot.starts, count: classes.count, rectifier: rectifier,
            activations: workspace.slots[lastSlot].activations,
            to: floats.baseAddress!, on: compute)
        try compute.synchronize()
        return classes.indices.map { Array(floats[$0 * size..<($0 + 1) * size]) }
    }

    /// Bytes of device memory that gradients by a layer's output take beside the bottom-up pass.
    package func gradientMemory(by layer: String, chunk: Int) throws -> Int? {
        guard let activation = network.activation(named: layer) else { return nil }
        let gradients = GradientPlan(
            network: network, shapes: plan.shapes, inputs: plan.layout.inputs, to: activation)
        return CUDABackward.bytes(gradients, plan, chunk: chunk)
    }
}
