extension CUDABackend {
    /// The activations of a layer for one picture of the last batch, [height][width][channels]; for comparisons. Nil where
    /// there is no such layer or the next one has overwritten them.
    package func activations(of layer: String, image: Int) throws -> [Float]? {
        guard
            let number = network.activation(named: layer),
            !plan.layout.overwritten.contains(number), let workspace
        else { return nil }
        let (shape, storage) = (plan.shapes[number], plan.layout.storage(of: number))
        try gpu.makeCurrent()
        var floats = [Float](repeating: 0, count: storage.image)
        try floats.withUnsafeMutableBytes {
            try compute.copy(
                $0.count, from: workspace.slots[lastSlot].activations.memory(of: number).memory,
                at: image * storage.image * 4,
                to: $0.baseAddress!)
        }
        try compute.synchronize()
        let origin = plan.layout.origin(of: number)
        return (0..<shape.height).flatMap { y in
            (0..<shape.width).flatMap { x in
                floats[(origin + y * storage.row + x * storage.channels)...].prefix(shape.channels)
            }
        }
    }
}
