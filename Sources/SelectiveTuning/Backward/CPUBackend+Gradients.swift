extension CPUBackend {
    /// The derivatives of the scores of `classes`, one for each picture of the last batch, by a layer's output (or `image`),
    /// [height][width][channels]; for comparisons. Nil where there is no such layer.
    package func gradients(
        of classes: [Int], by layer: String, rectifier: RectifierGradient = .plain,
        chunkBytes: Int? = nil
    ) throws(NetworkError) -> [[Float]]? {
        guard let activation = network.activation(named: layer) else { return nil }
        let pass = try BackwardPass(forward: forward, to: activation, chunkBytes: chunkBytes ?? BackwardPass.chunkBytes)
        let shape = forward.shapes[activation]
        nonisolated(unsafe) let found = UnsafeMutableBufferPointer<[Float]>.allocate(capacity: classes.count)
        found.initialize(repeating: [])
        defer {
            found.deinitialize()
            found.deallocate()
        }
        try pass.run(classes: classes, rectifier: rectifier) { image, _, gradient, row, pixel in
            found[image] = (0..<shape.height).flatMap { y in
                (0..<shape.width).flatMap { x in
                    UnsafeBufferPointer(start: gradient + y * row + x * pixel, count: shape.channels)
                }
            }
        }
        return Array(found)
    }

    /// Bytes that gradients by a layer's output take beside the forward pass, and the pictures of a chunk.
    package func gradientMemory(by layer: String, chunkBytes: Int? = nil) -> (
        bytes: Int, gradientBytesPerImage: Int, chunk: Int
    )? {
        guard let activation = network.activation(named: layer) else { return nil }
        let plan = GradientPlan(
            network: network, shapes: forward.shapes, inputs: forward.layout.inputs, to: activation)
        let need = BackwardMemoryNeed(
            forward: forward, plan: plan, chunkBytes: chunkBytes ?? BackwardPass.chunkBytes)
        return (need.bytes, plan.floatsPerImage * 4, need.chunk)
    }
}
