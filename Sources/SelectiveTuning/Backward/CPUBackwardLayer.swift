import CKernels

/// One layer in a backward pass on the CPU, over a chunk of the last batch: what its kind needs to know to take the gradient
/// of its output to its inputs.
struct CPUBackwardLayer: BackwardMemory {
    private let pass: BackwardPass
    private let step: GradientPlan.Step
    /// The chunk's first picture in the batch.
    private let first: Int
    let batch: Int

    init(_ pass: BackwardPass, _ step: GradientPlan.Step, first: Int, batch: Int) {
        self.pass = pass
        self.step = step
        self.first = first
        self.batch = batch
    }

    private var forward: ForwardPass { pass.forward }
    var inputs: [Int] { forward.layout.inputs[step.layer] }
    var output: Int { step.layer + 1 }

    var isa: ck_isa { forward.isa }
    /// For each thread.
    var scratch: [FloatBuffer] { pass.scratch }
    /// The forward pass's.
    var weights: LayerWeights { forward.weights[step.layer]! }
    var backwardWeights: BackwardWeights { pass.weights[step.layer]! }
    /// Zeros, as many as any bias has.
    var noBias: UnsafePointer<Float> { UnsafePointer(pass.noBias.pointer) }

    func shape(of activation: Int) -> Shape { forward.shapes[activation] }

    func activation(_ activation: Int) -> GradientMap {
        let storage = forward.layout.storage(of: activation)
        return GradientMap(
            forward.address(of: activation, image: first), image: storage.image, row: storage.row,
            pixel: storage.channels)
    }

    var gradient: GradientMap { pass.map(of: step.gradient[0]) }
    func part(_ place: Int) -> GradientMap? { step.parts[place].map { pass.map(of: $0) } }

    /// Runs tasks 0 ..< count over the pool's threads.
    func run(_ count: Int32, _ body: @escaping @Sendable (_ task: Int32, _ thread: Int) -> Void) {
        forward.pool.run(Int(count)) { task, thread in body(Int32(task), thread) }
    }

    /// Which values of the output's gradient are not zero; nil where there are few zeros, or the strides do not allow it.
    func nonzeroBits() -> BackwardPass.NonzeroGradient? {
        step.hasZeros ? pass.nonzeroBits(of: step.gradient[0], batch: batch) : nil
    }

    /// Makes all of a part zero.
    func clear(_ place: Int) {
        guard let part = step.parts[place] else { return }
        pass.clear(part, batch: batch, inside: true)
    }

    func copy(to place: Int, fromChannel channel: Int = 0) {
        guard let call = copyCall(to: place, fromChannel: channel) else { return }
        // In bands of rows, so that one picture is work for all threads.
        let bands = max(1, min(Int32(16), call.height))
        nonisolated(unsafe) let whole = call
        run(call.batch * bands) { task, _ in
            let band = task % bands
            let (begin, end) = (whole.height * band / bands, whole.height * (band + 1) / bands)
            var part = whole
            part.input += Int(begin) * Int(whole.input_row)
            part.output += Int(begin) * Int(whole.output_row)
            part.height = end - begin
            ck_copy_channels(&part, task / bands)
        }
    }
}
