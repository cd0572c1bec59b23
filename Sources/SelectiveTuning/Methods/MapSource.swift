/// What a backend does after the forward pass, to come to a picture's map.
enum MapSource: Sendable {
    /// The top-down pass, down to an activation (0 = the picture, n + 1 = layer n), whose cells lie at `place`.
    case gating(activation: Int, place: ReadOut)
    /// A map of activations.
    case activations(ActivationMapping)
}

/// How a picture's activations at one layer become a map.
struct ActivationMapping: Sendable {
    /// What the map is called, for errors.
    var title: String
    /// Index of the activation: 0 = the picture, n + 1 = layer n.
    var activation: Int
    /// Index of the fully connected layer whose weights the map is made with.
    var classifier: Int?
    /// How a ReLU passes the gradient of the class's score by the activation; nil where the map needs no gradient.
    var gradient: RectifierGradient?
    /// The map at the activation's own size. The same bits on every backend: single operations in one order.
    var map: @Sendable (MapInputs) -> AttributionMap

    /// One channel of the input's size, as the box rules take it. Throws where a value is not finite, or the score whose
    /// gradient was asked for: a ReLU stops what is not a number, and would leave zeros.
    func gating(_ inputs: MapInputs, network: Network) throws(NetworkError) -> ReadOutMap {
        let map = map(inputs)
        guard map.isFinite, inputs.score.isFinite else { throw .mapNotFinite(network: network.name, map: title) }
        return map.gating(inputSize: network.inputSize)
    }
}

/// What one picture's map is made of.
package struct MapInputs {
    /// Of the activation.
    package var shape: Shape
    package var activations: FeatureView
    /// The class's row of the classifier, one weight a channel; nil where no classifier was asked for.
    package var weights: UnsafePointer<Float>?
    /// The class that is localized.
    package var start: Int
    /// Of the class's score by the activations; nil where no gradient was asked for.
    package var gradient: FeatureView?
    /// The score, where a gradient was asked for.
    package var score: Float = 0

    package init(
        shape: Shape, activations: FeatureView, weights: UnsafePointer<Float>?, start: Int, gradient: FeatureView? = nil
    ) {
        self.shape = shape
        self.activations = activations
        self.weights = weights
        self.start = start
        self.gradient = gradient
    }
}

/// One picture's values at one layer, wherever a backend has them.
package struct FeatureView {
    /// Channel 0 of pixel (0, 0).
    package var origin: UnsafePointer<Float>
    /// Floats to the next row.
    package var row: Int
    /// Floats to the next pixel.
    package var pixel: Int

    package init(origin: UnsafePointer<Float>, row: Int, pixel: Int) {
        self.origin = origin
        self.row = row
        self.pixel = pixel
    }

    /// The channels of a pixel.
    package func cell(_ y: Int, _ x: Int) -> UnsafePointer<Float> { origin + y * row + x * pixel }
}
