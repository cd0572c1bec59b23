import Bytes

extension Layer {
    /// Batch normalisation that stands alone, as before a convolution: one factor and one summand a channel, made of
    /// `<tensors>.weight`, `.bias`, `.running_mean` and `.running_var`. The top-down pass leaves the gating as it is.
    public struct Affine: Sendable, Hashable {
        /// Added to the variance.
        public var epsilon: Double
        public var rectifier: Rectifier

        public init(epsilon: Double, rectifier: Rectifier) {
            self.epsilon = epsilon
            self.rectifier = rectifier
        }
    }
}

extension Layer.Affine: LayerKind {
    static let name = "affine"

    init(fields: inout JSONFields) throws(JSONError) {
        epsilon = try fields.double("epsilon")
        rectifier = try Rectifier(fields: &fields)
    }

    var members: [(String, JSON)] { [("epsilon", .double(epsilon))] + rectifier.members }

    private func normalization(prefix: String) -> Layer.BatchNormalization {
        Layer.BatchNormalization(tensors: prefix, epsilon: epsilon)
    }

    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape {
        try normalization(prefix: "").check()
        return inputs[0]
    }

    func tensors(prefix: String, input: Shape) -> [TensorSpecification] {
        BatchNormalizationTensors.parts.map {
            TensorSpecification(name: "\(prefix).\($0.suffix)", shape: [input.channels], fanIn: 1, role: $0.role)
        }
    }

    func hasZeros(_ inputs: [Bool]) -> Bool { rectifier.isOn }

    func weightGeometry(input: Shape) -> LayerGeometry? {
        LayerGeometry(
            window: Window(kernel: 1), groups: input.channels, rectifier: rectifier, channelsIn: input.channels,
            channelsOut: input.channels, isVector: false)
    }

    func weights(_ reading: WeightReading) throws -> LayerWeights? {
        let geometry = weightGeometry(input: reading.input)!
        let normalization = try BatchNormalizationTensors(
            normalization(prefix: reading.layer.tensorPrefix), channels: geometry.channelsOut, reading)
        let rows = try FloatBuffer(count: geometry.rowsCount, purpose: "the weights of \(reading.layer.name)")
        for channel in 0..<geometry.channelsOut { rows.pointer[channel] = normalization.weight(1, channel: channel) }
        let bias = (0..<geometry.channelsOut).map { normalization.bias(0, channel: $0) }
        try reading.checkFolded(bias, rows)
        return try LayerWeights(geometry, rows: rows, bias: bias, layer: reading.layer.name, pool: reading.pool)
    }
}
