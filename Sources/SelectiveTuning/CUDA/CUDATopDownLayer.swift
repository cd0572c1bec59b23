import CKernels

/// One layer in a top-down pass on a device: what its kind needs to know to launch it over a batch.
struct CUDATopDownLayer {
    let pass: CUDATopDown
    let number: Int

    var batch: Int { pass.batch }
    var options: TopDownOptions { pass.options }

    /// Activations (0 = the picture, n + 1 = layer n).
    var inputs: [Int] { pass.plan.layout.inputs[number] }
    var output: Int { number + 1 }

    /// The structures as far as they follow from the network.
    var calls: TopDownCalls { pass.calls }
    var weights: CUDAWeights.Layer { pass.weights.layers[number]! }
    var images: UnsafeMutablePointer<ck_cuda_td_image>? { pass.images }
    var scratch: UnsafeMutablePointer<Float>? { pass.workspace.scratch.pointer(as: Float.self) }
    var multiprocessors: Int32 { Int32(pass.device.multiprocessors) }

    func gating(of activation: Int) -> ck_cuda_gating { pass.gating(of: activation) }
    func shape(of activation: Int) -> Shape { pass.plan.shapes[activation] }

    /// An activation as the kernels see it.
    func view(of activation: Int) -> ck_cuda_view {
        var view = calls.view(of: activation)
        view.data = UnsafePointer(pass.slot.activations.pointer(to: activation))
        return view
    }

    func launch<Call: BitwiseCopyable>(_ launch: ck_cuda_launch, _ call: Call) throws(CUDAFailure) {
        try pass.device.launch(launch, call, on: pass.stream, layer: pass.name(number))
    }

    /// Adds the layer up, once for each input that it has added to. `hasUnits` false after a slice.
    func finish(_ input: Int, hasUnits: Bool = true) throws(CUDAFailure) {
        var call = ck_cuda_td_finish()
        (call.output_gating, call.input_gating) = (gating(of: output), gating(of: input))
        call.has_units = hasUnits ? 1 : 0
        call.layer = Int32(number)
        call.images = images
        call.batch = Int32(batch)
        try launch(ck_cuda_td_finish_launch(&call), call)
    }

    /// Each input's channels, one after the other, of the output's gating: of layers that change nothing.
    func slices() throws(CUDAFailure) {
        var first: Int32 = 0
        for input in inputs {
            var call = ck_cuda_td_slice()
            (call.whole, call.part) = (gating(of: output), gating(of: input))
            call.first_channel = first
            call.images = images
            call.batch = Int32(batch)
            try launch(ck_cuda_td_slice_launch(&call, multiprocessors), call)
            try finish(input, hasUnits: false)
            first += call.part.channels
        }
    }
}
