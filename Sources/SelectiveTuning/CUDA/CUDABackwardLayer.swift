import CKernels

/// One layer in a backward pass on a device, over a chunk of the batch: what its kind needs to know to launch the way from
/// the gradient of its output to those of its inputs.
struct CUDABackwardLayer: BackwardMemory {
    private let pass: CUDABackward
    private let step: GradientPlan.Step
    private let activations: CUDAActivations
    /// The chunk's first picture in the batch.
    private let first: Int
    let batch: Int
    let stream: CUDAStream

    init(
        _ pass: CUDABackward, _ step: GradientPlan.Step, activations: CUDAActivations, first: Int, batch: Int,
        stream: CUDAStream
    ) {
        self.pass = pass
        self.step = step
        self.activations = activations
        self.first = first
        self.batch = batch
        self.stream = stream
    }

    var inputs: [Int] { pass.memory.layout.inputs[step.layer] }
    var output: Int { step.layer + 1 }
    var name: String { pass.memory.network.layers[step.layer].name }

    /// The bottom-up pass's.
    var weights: CUDAWeights.Layer { pass.forward.layers[step.layer]! }
    var backwardWeights: CUDABackwardWeights { pass.weights[step.layer]! }
    /// Zeros, as many as any bias has.
    var noBias: UnsafePointer<Float> { UnsafePointer(pass.noBias.pointer(as: Float.self)!) }
    var multiprocessors: Int32 { Int32(pass.device.multiprocessors) }

    func shape(of activation: Int) -> Shape { pass.memory.shapes[activation] }

    func activation(_ activation: Int) -> GradientMap {
        let storage = pass.memory.layout.storage(of: activation)
        return GradientMap(
            activations.pointer(to: activation) + first * storage.image, image: storage.image, row: storage.row,
            pixel: storage.channels)
    }

    var gradient: GradientMap { pass.map(of: step.gradient[0]) }
    func part(_ place: Int) -> GradientMap? { step.parts[place].map { pass.map(of: $0) } }

    /// Makes all of a part zero.
    func clear(_ place: Int) throws(CUDAFailure) {
        guard let part = step.parts[place] else { return }
        try pass.clear(part, batch: batch, on: stream)
    }

    func copy(to place: Int, fromChannel channel: Int = 0) throws(CUDAFailure) {
        guard var call = copyCall(to: place, fromChannel: channel) else { return }
        try launch(ck_cuda_copy_channels_launch(&call), call)
    }

    func launch<Call: BitwiseCopyable>(_ launch: ck_cuda_launch, _ call: Call) throws(CUDAFailure) {
        try pass.device.launch(launch, call, on: stream, layer: name)
    }
}
