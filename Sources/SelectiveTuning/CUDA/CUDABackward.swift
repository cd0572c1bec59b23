import CKernels

/// The backward pass on a device: the CPU's plan and bits (`BackwardPass`), a chunk of the batch in each launch.
final class CUDABackward: Sendable {
    let plan: GradientPlan
    /// Pictures of the batches that it was made for, and of a chunk.
    let batch: Int
    let chunk: Int
    let memory: CUDAMemoryPlan
    let forward: CUDAWeights
    let device: CUDADevice
    /// For each layer on the way that has weights.
    let weights: [CUDABackwardWeights?]
    let noBias: DeviceMemory
    private let gradients: DeviceMemory

    /// Packs the transposed weights, from those that the device has. Where memory is short a chunk is as many pictures as
    /// there is memory for; throws `CUDAFailure` where there is none for one, and leaves nothing behind then.
    /// - Parameters:
    ///   - activation: 0 = the picture, n + 1 = layer n.
    ///   - batch: pictures of a batch at the most.
    init(
        to activation: Int, memory: CUDAMemoryPlan, weights forward: CUDAWeights, batch: Int, device: CUDADevice,
        stream: CUDAStream, pool: ThreadPool
    ) throws {
        let (network, shapes, inputs) = (memory.network, memory.shapes, memory.layout.inputs)
        let plan = GradientPlan(network: network, shapes: shapes, inputs: inputs, to: activation)
        var weights = [CUDABackwardWeights?](repeating: nil, count: network.layers.count)
        for step in plan.steps {
            guard let own = forward.layers[step.layer] else { continue }
            weights[step.layer] = try CUDABackwardWeights(
                own, input: shapes[inputs[step.layer][0]], output: shapes[step.layer + 1],
                layer: network.layers[step.layer].name, device: device, stream: stream, pool: pool)
        }
        let biasFloats = Self.need(plan, memory).biasFloats
        let noBias = try DeviceMemory(device, bytes: biasFloats * 4)
        try noBias.clear(words: 0..<biasFloats, on: stream)
        var chunk = batch
        gradients = try Self.gradients(plan.floatsPerImage, &chunk, device)
        self.noBias = noBias
        self.plan = plan
        self.batch = batch
        self.chunk = chunk
        self.memory = memory
        self.forward = forward
        self.device = device
        self.weights = weights
    }

    /// For `chunk` pictures, or half as many, and so on, as long as memory is short.
    private static func gradients(_ floatsPerImage: Int, _ chunk: inout Int, _ device: CUDADevice)
        throws(CUDAFailure) -> DeviceMemory
    {
        while true {
            do throws(CUDAFailure) {
                return try DeviceMemory(device, bytes: floatsPerImage * chunk * 4)
            } catch {
                guard error.problem == .outOfMemory, chunk > 1 else { throw error }
                chunk /= 2
            }
        }
    }

    /// Queues the derivatives of the scores of the first `count` classes at `starts` by the activation, and their copy to the
    /// host: [count][height][width][channels] floats, which are there when the stream has come so far.
    func run(
        starts: DeviceMemory, count: Int, rectifier: RectifierGradient, activations: CUDAActivations,
        to host: UnsafeMutablePointer<Float>, on stream: CUDAStream
    ) throws(CUDAFailure) {
        for first in stride(from: 0, to: count, by: chunk) {
            let batch = min(chunk, count - first)
            try clear(plan.seed, batch: batch, on: stream)
            let seed = map(of: plan.seed)
            var start = ck_backward_start(
                gradient: seed.address, gradient_image: seed.image,
                classes: UnsafePointer(starts.pointer(as: Int32.self, offset: first)), batch: Int32(batch))
            try device.launch(
                ck_cuda_backward_start_launch(&start), start, on: stream, layer: memory.network.layers.last!.name)
            for step in plan.steps {
                let layer = CUDABackwardLayer(
                    self, step, activations: activations, first: first, batch: batch, stream: stream)
                try take(step, layer, rectifier)
            }
            let part = plan.result[0]
            if !plan.isReached { try clear(part, batch: batch, on: stream) }
            try sum(plan.result, batch: batch, layer: Network.image, on: stream)
            try stream.copy(
                part.image * batch * 4, from: gradients, at: part.start * chunk * 4, to: host + first * part.image)
        }
    }

    private func take(_ step: GradientPlan.Step, _ layer: CUDABackwardLayer, _ rule: RectifierGradient)
        throws(CUDAFailure)
    {
        let work = memory.network.layers[step.layer].work
        try sum(step.gradient, batch: layer.batch, layer: layer.name, on: layer.stream)
        if work.rectifier.isOn {
            var call = layer.rectifierCall(work.rectifier, rule)
            try layer.launch(ck_cuda_backward_relu_launch(&call), call)
        }
        for case .some(let part) in step.parts where part.border != 0 {
            try clear(part, batch: layer.batch, on: layer.stream)
        }
        try work.backward(layer)
    }

    /// Into the first part.
    private func sum(_ parts: [GradientPlan.Part], batch: Int, layer: String, on stream: CUDAStream)
        throws(CUDAFailure)
    {
        for other in parts.dropFirst() {
            var call = sumCall(map(of: parts[0]), map(of: other), parts[0].shape, batch: batch)
            try device.launch(ck_cuda_add_launch(&call), call, on: stream, layer: layer)
        }
    }

    func map(of part: GradientPlan.Part) -> GradientMap { part.map(in: gradients.pointer()!, chunk: chunk) }

    /// Makes all of a part zero.
    func clear(_ part: GradientPlan.Part, batch: Int, on stream: CUDAStream) throws(CUDAFailure) {
        let start = part.start * chunk
        try gradients.clear(words: start..<start + part.image * batch, on: stream)
    }
}

extension CUDABackward {
    /// Floats of each array beside the gradients.
    private static func need(_ plan: GradientPlan, _ memory: CUDAMemoryPlan) -> (packed: [Int], biasFloats: Int) {
        var packed: [Int] = []
        var biasFloats = 16
        for step in plan.steps {
            let input = memory.shapes[memory.layout.inputs[step.layer][0]]
            let work = memory.network.layers[step.layer].work
            guard let geometry = work.weightGeometry(input: input) else { continue }
            let output = memory.shapes[step.layer + 1]
            guard !geometry.isWhole(input: input, output: output) else { continue }
            for phase in TransposedConvolution(geometry, input: input, output: output).phases {
                packed.append(phase.geometry.packedCount)
                biasFloats = max(biasFloats, phase.geometry.biasCount)
            }
        }
        return (packed, biasFloats)
    }

    /// Bytes of device memory that it takes beside the bottom-up pass, with chunks of so many pictures.
    static func bytes(_ plan: GradientPlan, _ memory: CUDAMemoryPlan, chunk: Int) -> Int {
        let need = need(plan, memory)
        return (need.packed + [need.biasFloats, plan.floatsPerImage * chunk]).reduce(0) {
            $0 + CUDAMemoryPlan.allocated($1 * 4)
        }
    }

    var bytes: Int { Self.bytes(plan, memory, chunk: chunk) }
}
