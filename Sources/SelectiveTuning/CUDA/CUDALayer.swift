import CKernels

/// One layer in a bottom-up pass on a device: what its kind needs to know to launch it over a batch.
struct CUDALayer: LayerMemory {
    let forward: CUDAForward
    let number: Int
    let batch: Int
    let stream: CUDAStream

    /// Activations (0 = the picture, n + 1 = layer n).
    var inputs: [Int] { forward.layout.inputs[number] }
    var output: Int { number + 1 }

    /// Its kind's own: there for a kind that has any.
    var weights: CUDAWeights.Layer { forward.weights.layers[number]! }
    /// Which of its inputs lie elsewhere than in its output, of a kind that joins its inputs.
    var copied: [Int] { forward.layout.copied[number] ?? [] }
    var multiprocessors: Int32 { Int32(forward.device.multiprocessors) }

    func shape(of activation: Int) -> Shape { forward.shapes[activation] }
    func storage(of activation: Int) -> ActivationLayout.Storage { forward.layout.storage(of: activation) }

    /// Channel 0 of pixel (0, 0) of the batch's first image.
    func address(of activation: Int) -> UnsafeMutablePointer<Float> { forward.activations.pointer(to: activation) }

    func launch<Call: BitwiseCopyable>(_ launch: ck_cuda_launch, _ call: Call) throws(CUDAFailure) {
        try forward.device.launch(launch, call, on: stream, layer: forward.network.layers[number].name)
    }
}
