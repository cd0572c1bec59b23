/// A network as data: a graph of layers in topological order, from which the forward pass, the top-down pass,
/// the receptive-field arithmetic and the checks of the weights are derived.
public struct Network: Sendable, Hashable {
    /// The name of the picture as a layer's input.
    public static let image = "image"

    public var name: String
    /// Side of the square input in pixels.
    public var inputSize: Int
    public var normalization: InputNormalization
    /// Nil for the usual one.
    public var preparation: InputPreparation?
    /// The last layer's output is [1, 1, classes].
    public var layers: [Layer]
    /// Where gating may be read out: the name on the command line and the layer whose output it is (or `image`).
    public var readOuts: [ReadOutPoint]
    /// Class names in index order where they are the network's own; nil for the 1000 classes of ILSVRC-2012.
    public var classNames: [String]?

    public init(
        name: String, inputSize: Int, normalization: InputNormalization, layers: [Layer], readOuts: [ReadOutPoint],
        classNames: [String]? = nil, preparation: InputPreparation? = nil
    ) {
        self.name = name
        self.inputSize = inputSize
        self.normalization = normalization
        self.layers = layers
        self.readOuts = readOuts
        self.classNames = classNames
        self.preparation = preparation
    }

    /// A place where gating may be read out.
    public struct ReadOutPoint: Sendable, Hashable {
        public var name: String
        public var layer: String

        public init(name: String, layer: String) {
            self.name = name
            self.layer = layer
        }
    }
}

/// One layer: what it does, what it reads, and whether the gating at its output is re-selected (the bridge).
public struct Layer: Sendable, Hashable {
    public var name: String
    public var kind: Kind
    /// Names of layers further up in the list, or `Network.image`.
    public var inputs: [String]
    /// The gating that arrives at this layer's output is re-selected there, selective-tuning.md section 7.
    public var bridge: Bool
    /// What the names of its weights and bias start with; nil where that is the layer's own name.
    public var tensors: String?

    public init(
        _ name: String, _ kind: Kind, from inputs: [String], bridge: Bool = false, tensors: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.inputs = inputs
        self.bridge = bridge
        self.tensors = tensors
    }
}
