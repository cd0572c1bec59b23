import CKernels

/// What a backward pass on the CPU takes beside the forward pass: the one place where its memory is counted.
struct BackwardMemoryNeed: Sendable, Hashable {
    /// Pictures of a chunk.
    var chunk: Int
    var gradientFloats: Int
    /// Transposed copies of convolutions' weights; fully connected layers have none.
    var weightFloats: Int
    var bitFloats: Int
    var biasFloats = 16
    /// For each thread.
    var scratchFloats: Int
    var threads: Int

    var bytes: Int { 4 * (gradientFloats + weightFloats + bitFloats + biasFloats + threads * scratchFloats) }

    init(forward: ForwardPass, plan: GradientPlan, chunkBytes: Int) {
        let (network, shapes, inputs) = (forward.network, forward.shapes, forward.layout.inputs)
        let fitting = chunkBytes / 4 / max(1, plan.floatsPerImage)
        chunk = min(forward.batchCapacity, max(1, fitting))
        gradientFloats = plan.floatsPerImage * chunk
        (weightFloats, bitFloats, threads) = (0, 0, forward.pool.threads)
        scratchFloats = Int(CK_CONV_SCRATCH)
        for step in plan.steps {
            let input = shapes[inputs[step.layer][0]]
            let work = network.layers[step.layer].work
            scratchFloats = max(scratchFloats, work.backwardScratch(input: input))
            guard let geometry = forward.weights[step.layer]?.geometry else { continue }
            weightFloats += BackwardWeights.floats(geometry, input: input, output: shapes[step.layer + 1])
            let bits = step.gradient[0].image * chunk + 8 * Int(CK_NONZERO_SLACK)
            if step.hasZeros { bitFloats = max(bitFloats, (bits + 31) / 32) }
            biasFloats = max(biasFloats, geometry.channelsIn, (geometry.groupIn + 15) / 16 * 16)
        }
    }
}
