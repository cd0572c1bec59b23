import CKernels

/// One layer in a top-down pass on the CPU: what its kind needs to know to take one image's gating down through it.
struct CPUTopDownLayer {
    private let pass: TopDownPass
    private let number: Int
    private let image: Int
    let options: TopDownOptions
    let stats: UnsafeMutablePointer<ck_td_stats>

    init(
        _ pass: TopDownPass, number: Int, image: Int, options: TopDownOptions,
        stats: UnsafeMutablePointer<ck_td_stats>
    ) {
        self.pass = pass
        self.number = number
        self.image = image
        self.options = options
        self.stats = stats
    }

    /// Activations (0 = the picture, n + 1 = layer n).
    var inputs: [Int] { pass.forward.layout.inputs[number] }
    var output: Int { number + 1 }

    var workspace: OpaquePointer { pass.workspace }
    var weights: LayerWeights { pass.forward.weights[number]! }
    var outputGating: UnsafeMutablePointer<ck_gating> { gating(of: output) }

    func gating(of activation: Int) -> UnsafeMutablePointer<ck_gating> { pass.gating(of: activation) }

    /// An activation as the kernels see it.
    func view(of activation: Int) -> ck_td_view {
        let storage = pass.forward.layout.storage(of: activation)
        let shape = pass.forward.shapes[activation]
        return ck_td_view(
            data: pass.forward.address(of: activation, image: image), row_stride: Int64(storage.row),
            pixel_stride: Int64(storage.channels), height: Int32(shape.height), width: Int32(shape.width),
            channels: Int32(shape.channels))
    }
}
