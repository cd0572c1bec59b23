import CKernels

/// One layer in a bottom-up pass on the CPU: what its kind needs to know to compute it over some pictures of a batch.
struct CPULayer: LayerMemory {
    private let pass: ForwardPass
    private let number: Int
    private let images: Range<Int>
    /// The one that computes it; nil where all of the pool's do.
    private let thread: Int?
    private let precision: Precision

    init(_ pass: ForwardPass, number: Int, images: Range<Int>, thread: Int?, precision: Precision) {
        self.pass = pass
        self.number = number
        self.images = images
        self.thread = thread
        self.precision = precision
    }

    /// How many pictures there are.
    var batch: Int { images.count }
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

    /// Channel 0 of pixel (0, 0) of the first picture.
    func address(of activation: Int) -> UnsafeMutablePointer<Float> {
        pass.address(of: activation, image: images.lowerBound)
    }

    /// Runs tasks 0 ..< count, over the pool's threads where they share the layer.
    func run(_ count: Int, _ body: @escaping @Sendable (_ task: Int, _ thread: Int) -> Void) {
        guard let thread else { return pass.pool.run(count, body) }
        for task in 0..<count { body(task, thread) }
    }

    /// The bit of the float at `first`, for a convolution that begins there; nil where its strides do not allow it.
    func nonzeroBits(of activation: Int, from first: UnsafePointer<Float>) -> UnsafePointer<UInt8>? {
        let storage = UnsafePointer(pass.storage(of: activation))
        return pass.nonzero.pointer(
            activation: activation, storage: storage, offset: first - storage, images: images, isa: isa, run: run)
    }
}
