import Bytes

extension Layer {
    /// Fully connected, weights [out, in] under `<tensors>.weight`, bias under `<tensors>.bias`; over a feature map it is a
    /// valid convolution of the map's size.
    public struct Linear: Sendable, Hashable {
        public var outputs: Int
        public var rectifier: Rectifier

        public init(outputs: Int, rectifier: Rectifier) {
            self.outputs = outputs
            self.rectifier = rectifier
        }
    }
}

extension Layer.Linear: Weighted {
    static let name = "linear"

    init(fields: inout JSONFields) throws(JSONError) {
        outputs = try fields.int("out", in: Layer.sizes)
        rectifier = try Rectifier(fields: &fields)
    }

    var members: [(String, JSON)] { [("out", .int(outputs))] + rectifier.members }

    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape {
        guard (1...(1 << 20)).contains(outputs) else { throw LayerMisfit("\(outputs) outputs: expected 1...2^20") }
        return Shape(height: 1, width: 1, channels: outputs)
    }

    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField {
        fields[0].throughAll(of: input)
    }

    var hasBias: Bool { true }
    var batchNormalization: Layer.BatchNormalization? { nil }

    func weightShape(input: Shape) -> [Int] { [outputs, input.count] }

    func geometry(input: Shape) -> LayerGeometry {
        LayerGeometry(
            window: Window(kernel: Sides(height: input.height, width: input.width)), groups: 1, rectifier: rectifier,
            channelsIn: input.channels, channelsOut: outputs, isVector: input.height == 1 && input.width == 1)
    }
}
