import CKernels

/// The weights of one layer as the backward pass on a device reads them.
enum CUDABackwardWeights: Sendable {
    /// The top-down pass's, as they are.
    case rows
    /// With the packed weights of each phase.
    case phases(TransposedConvolution, [DeviceMemory])

    /// Throws `CUDAFailure`, or `NetworkError` where the host has no memory.
    init(
        _ weights: CUDAWeights.Layer, input: Shape, output: Shape, layer: String, device: CUDADevice,
        stream: CUDAStream, pool: ThreadPool
    ) throws {
        let geometry = weights.geometry
        guard !geometry.isWhole(input: input, output: output) else {
            self = .rows
            return
        }
        let rows = try FloatBuffer(count: geometry.rowsCount, purpose: "the weights of \(layer)")
        try stream.copy(weights.rows.bytes, from: weights.rows, to: rows.pointer)
        try stream.synchronize()
        let transposed = TransposedConvolution(geometry, input: input, output: output)
        self = .phases(
            transposed,
            try transposed.phases.map { phase in
                let packed = try FloatBuffer(
                    count: phase.geometry.packedCount, purpose: "the transposed weights of \(layer)")
                try TransposedConvolution.pack(
                    phase, geometry, rows: rows, into: packed.pointer, layer: layer, pool: pool)
                let memory = try DeviceMemory(device, bytes: packed.count * 4)
                try stream.copy(memory.bytes, from: packed.pointer, to: memory)
                try stream.synchronize()
                return memory
            })
    }
}
