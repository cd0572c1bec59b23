import Bytes
import CKernels

/// Everything that belongs to one kind of layer. Each has a file of its own, with its CPU and CUDA halves beside it; the
/// passes, the shapes, the tensors, the receptive fields and the descriptions ask through this protocol and know no kind.
/// docs/networks.md shows how one is added.
protocol LayerKind: Sendable, Hashable {
    /// `kind` in a description.
    static var name: String { get }

    // MARK: A network as data

    /// The description's other members, in their order.
    var members: [(String, JSON)] { get }

    /// How many layers it may read.
    var inputCount: ClosedRange<Int> { get }

    /// Output for inputs of these shapes, of which there are as many as `inputCount` allows.
    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape

    /// Where the output's cells lie in the picture, from where those of the inputs do.
    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField

    /// Tensors that it reads from a file, whose names begin with `prefix`.
    func tensors(prefix: String, input: Shape) -> [TensorSpecification]

    /// Products of a weight and an input that one output sums; 0 where it has no weights.
    func products(input: Shape) -> Int

    /// Inputs of one output, padding included: as many at the most take part in the top-down pass.
    func connections(input: Shape) -> Int

    /// Whether it is the mean over the whole of its input, under which class activation maps are.
    func isGlobalAverage(input: Shape) -> Bool

    /// Whether it sums its inputs, of which the first one is then a residual branch.
    var sumsInputs: Bool { get }

    // MARK: Its memory

    /// The zeros that it wants around its input.
    var halo: Sides { get }

    /// Whether it can leave out products with zeros, and asks where there are any.
    func skipsZeros(input: Shape) -> Bool

    /// Whether a good share of its output may be zeros, from whether that holds for its inputs.
    func hasZeros(_ inputs: [Bool]) -> Bool

    /// The number of the input that it may write its output over, where nothing else reads that.
    var overwrites: Int? { get }

    /// Whether its output is nothing but its inputs side by side along the channels, which are then written there at once.
    var joinsInputs: Bool { get }

    /// The shape of its weights; nil where it has none.
    func weightGeometry(input: Shape) -> LayerGeometry?

    /// Reads, checks and packs its weights; nil where it has none.
    func weights(_ reading: WeightReading) throws -> LayerWeights?

    /// Floats that a thread needs while it computes the layer on the CPU.
    func scratch(input: Shape) -> Int

    // MARK: Its derivative

    /// What follows its sum: its output says where a gradient passes.
    var rectifier: Rectifier { get }

    /// Whether its derivative reads its input's activations, which nothing may have overwritten then.
    var differentiatesAtInput: Bool { get }

    /// The zeros that it wants around its output's gradient.
    func gradientBorder(input: Shape, output: Shape) -> Padding

    /// Whether many values of its inputs' gradients may be zeros, from whether that holds for its output's.
    func gradientHasZeros(_ output: Bool) -> Bool

    /// Floats that a thread needs while it computes the gradient on the CPU.
    func backwardScratch(input: Shape) -> Int

    // MARK: The passes

    /// Bottom-up on the CPU, over the batch.
    func forward(_ layer: CPULayer)

    /// Top-down on the CPU, one image: from the gating of its output to that of its inputs.
    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status

    /// The backward pass on the CPU, over a chunk of the batch: from the gradient of its output, below its ReLU, to those of
    /// its inputs.
    func backward(_ layer: CPUBackwardLayer)

    /// Bottom-up on a device, over the batch.
    func forward(_ layer: CUDALayer) throws(CUDAFailure)

    /// Top-down on a device, over the batch.
    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure)

    /// The backward pass on a device, over a chunk of the batch.
    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure)

    /// Bytes of a device's memory that its top-down launch needs beside the gating.
    func topDownScratch(_ calls: TopDownCalls, number: Int, options: TopDownOptions, batch: Int, multiprocessors: Int)
        -> Int64
}

/// What most kinds have in common: one input, cells where its cells are, no weights, and nothing of their own in memory.
extension LayerKind {
    var members: [(String, JSON)] { [] }
    var inputCount: ClosedRange<Int> { 1...1 }
    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField { fields[0] }
    func tensors(prefix: String, input: Shape) -> [TensorSpecification] { [] }
    func products(input: Shape) -> Int { 0 }
    func connections(input: Shape) -> Int { 1 }
    func isGlobalAverage(input: Shape) -> Bool { false }
    var sumsInputs: Bool { false }
    var halo: Sides { 0 }
    func skipsZeros(input: Shape) -> Bool { false }
    func hasZeros(_ inputs: [Bool]) -> Bool { inputs.contains(true) }
    var overwrites: Int? { nil }
    var joinsInputs: Bool { false }
    func weightGeometry(input: Shape) -> LayerGeometry? { nil }
    func weights(_ reading: WeightReading) throws -> LayerWeights? { nil }
    func scratch(input: Shape) -> Int { 0 }
    var rectifier: Rectifier { .none }
    var differentiatesAtInput: Bool { false }
    func gradientBorder(input: Shape, output: Shape) -> Padding { 0 }
    func gradientHasZeros(_ output: Bool) -> Bool { false }
    func backwardScratch(input: Shape) -> Int { 0 }
    func topDownScratch(_ calls: TopDownCalls, number: Int, options: TopDownOptions, batch: Int, multiprocessors: Int)
        -> Int64
    { 0 }
}

/// Why a layer does not fit its inputs: a sentence to follow its name.
struct LayerMisfit: Error {
    var problem: String

    init(_ problem: String) { self.problem = problem }
}
