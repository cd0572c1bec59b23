/// A network as data: a graph of layers in topological order, from which the forward pass, the top-down pass,
/// the receptive-field arithmetic and the checks of the weights are derived.
public struct Network: Sendable, Hashable {
    /// The name of the picture as a layer's input.
    public static let image = "image"

    public var name: String
    /// Side of the square input in pixels.
    public var inputSize: Int
    public var normalization: InputNormalization
    /// The last layer's output is [1, 1, classes].
    public var layers: [Layer]
    /// Where gating may be read out: the name on the command line and the layer whose output it is (or `image`).
    public var readOuts: [ReadOutPoint]
    /// Class names in index order where they are the network's own; nil for the 1000 classes of ILSVRC-2012.
    public var classNames: [String]?

    public init(
        name: String, inputSize: Int, normalization: InputNormalization, layers: [Layer], readOuts: [ReadOutPoint],
        classNames: [String]? = nil
    ) {
        self.name = name
        self.inputSize = inputSize
        self.normalization = normalization
        self.layers = layers
        self.readOuts = readOuts
        self.classNames = classNames
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

    public enum Kind: Sendable, Hashable {
        case convolution(Convolution)
        /// Fully connected; over a feature map it is a valid convolution of the map's size.
        case linear(outputs: Int, relu: Bool)
        case maxPool(Pooling)
        /// Mean over each window. The divisor is the number of cells inside the map, or, where padding counts, inside the
        /// map with its padding (Caffe's rule and PyTorch's default).
        case averagePool(Pooling, countsPadding: Bool)
        /// Mean over the whole map.
        case globalAveragePool
        /// Across channels; the top-down pass leaves the gating as it is.
        case localResponseNormalization(LocalResponseNormalization)
        /// Inputs side by side along the channels.
        case concatenation
    }

    /// Square kernels; weights [out, in / groups, kernel, kernel] under `<tensors>.weight`, bias under `<tensors>.bias`.
    public struct Convolution: Sendable, Hashable {
        public var outputs: Int
        public var kernel: Int
        public var stride: Int
        public var padding: Int
        public var groups: Int
        public var relu: Bool
        /// Without one, nothing is read for it.
        public var hasBias: Bool
        /// Follows the convolution and is folded into its weights.
        public var batchNormalization: BatchNormalization?

        public init(
            outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1, relu: Bool = true,
            hasBias: Bool = true, batchNormalization: BatchNormalization? = nil
        ) {
            self.hasBias = hasBias
            self.batchNormalization = batchNormalization
            self.outputs = outputs
            self.kernel = kernel
            self.stride = stride
            self.padding = padding
            self.groups = groups
            self.relu = relu
        }
    }

    /// Four vectors of one value a channel: `<tensors>.weight`, `.bias`, `.running_mean` and `.running_var`.
    public struct BatchNormalization: Sendable, Hashable {
        public var tensors: String
        /// Added to the variance.
        public var epsilon: Double

        public init(tensors: String, epsilon: Double) {
            self.tensors = tensors
            self.epsilon = epsilon
        }
    }

    /// x / (k + alpha / size * sum of squares over `size` channels around it)^0.75 (Krizhevsky et al. 2012, in Caffe's
    /// form, where alpha is divided by the size). Only this exponent: it is two square roots and exact everywhere.
    public struct LocalResponseNormalization: Sendable, Hashable {
        /// Channels, odd.
        public var size: Int
        public var alpha: Float
        public var k: Float

        public init(size: Int = 5, alpha: Float = 1e-4, k: Float = 1) {
            self.size = size
            self.alpha = alpha
            self.k = k
        }
    }

    public struct Pooling: Sendable, Hashable {
        public var kernel: Int
        public var stride: Int
        public var padding: Int
        /// The number of windows is rounded up; a window may hang over the edge but must start inside.
        public var ceilMode: Bool

        public init(kernel: Int, stride: Int, padding: Int = 0, ceilMode: Bool = false) {
            self.kernel = kernel
            self.stride = stride
            self.padding = padding
            self.ceilMode = ceilMode
        }
    }
}
