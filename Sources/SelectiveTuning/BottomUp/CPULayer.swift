import CKernels

/// One layer in a bottom-up pass on the CPU: what its kind needs to know to compute it over a batch.
struct CPULayer: LayerMemory {
    private let pass: ForwardPass
    private let number: Int
    let batch: Int
    private let precision: Precision

    init(_ pass: ForwardPass, number: Int, batch: Int, precision: Precision) {
        self.pass = pass
        self.number = number
        self.batch = batch
        self.precision = precision
    }

    /// Activations (0 = the picture, n + 1 = layer n).
    var inputs: [Int] { pass.layout.inputs[number] }
    var output: Int { number + 1 }

    var isa: ck_isa { pass.isa }
    var hasBF16: Bool { pass.hasBF16 }
    /// For each thread.
    var scratch: [FloatBuffer] { pass.scratch }
    /// Its kind's own: there for a kind that has any.
    var weights: LayerWeights { pass.weights[number]! }
    /// Nil where the exact kernel computes it.
    var fastWeights: FastWeights? { precision == .fast ? pass.fastWeights[number] : nil }
    /// Which of its inputs lie elsewhere than in its output, of a kind that joins its inputs.
    var copied: [Int] { pass.layout.copied[number] ?? [] }

    func shape(of activation: Int) -> Shape { pass.shapes[activation] }
    func storage(of activation: Int) -> ActivationLayout.Storage { pass.layout.storage(of: activation) }

    /// Channel 0 of pixel (0, 0) of the batch's first image.
    func address(of activation: Int) -> UnsafeMutablePointer<Float> { pass.address(of: activation, image: 0) }

    /// Runs tasks 0 ..< count over the pool's threads.
    func run(_ count: Int, _ body: @escaping @Sendable (_ task: Int, _ thread: Int) -> Void) {
        pass.pool.run(count, body)
    }

    /// The bit of the float at `first`, for a convolution that begins there; nil where its strides do not allow it.
    func nonzeroBits(of activation: Int, from first: UnsafePointer<Float>) -> UnsafePointer<UInt8>? {
        let storage = UnsafePointer(pass.storage(of: activation))
        return pass.nonzero.pointer(
            activation: activation, storage: storage, offset: first - storage, batch: batch, isa: isa, pool: pass.pool)
    }
}
