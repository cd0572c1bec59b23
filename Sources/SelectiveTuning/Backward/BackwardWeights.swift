import CKernels

/// The weights of one layer as the backward pass on the CPU reads them.
enum BackwardWeights: Sendable {
    /// The forward pass's, as they are.
    case rows
    /// With the packed weights of each phase.
    case phases(TransposedConvolution, [FloatBuffer])

    init(_ weights: LayerWeights, input: Shape, output: Shape, layer: String, pool: ThreadPool) throws(NetworkError) {
        let geometry = weights.geometry
        guard !geometry.isWhole(input: input, output: output) else {
            self = .rows
            return
        }
        let transposed = TransposedConvolution(geometry, input: input, output: output)
        var packed: [FloatBuffer] = []
        for phase in transposed.phases {
            let buffer = try FloatBuffer(
                count: phase.geometry.packedCount, purpose: "the transposed weights of \(layer)")
            try TransposedConvolution.pack(
                phase, geometry, rows: weights.rows, into: buffer.pointer, layer: layer, pool: pool)
            packed.append(buffer)
        }
        self = .phases(transposed, packed)
    }

    /// Floats that it takes beside the forward pass's.
    static func floats(_ geometry: LayerGeometry, input: Shape, output: Shape) -> Int {
        guard !geometry.isWhole(input: input, output: output) else { return 0 }
        return TransposedConvolution(geometry, input: input, output: output).phases.reduce(0) {
            $0 + $1.geometry.packedCount
        }
    }
}
