import Bytes

extension Layer {
    /// Weights [out, in / groups, kernel rows, kernel columns] under `<tensors>.weight`, bias under `<tensors>.bias`. With
    /// as many groups as channels it is a depthwise convolution.
    public struct Convolution: Sendable, Hashable {
        public var outputs: Int
        public var window: Window
        public var groups: Int
        public var rectifier: Rectifier
        /// Without one, nothing is read for it.
        public var hasBias: Bool
        /// Follows the convolution and is folded into its weights.
        public var batchNormalization: BatchNormalization?

        public init(
            outputs: Int, kernel: Sides, stride: Sides = 1, padding: Padding = 0, groups: Int = 1,
            rectifier: Rectifier = .relu, hasBias: Bool = true, batchNormalization: BatchNormalization? = nil
        ) {
            self.outputs = outputs
            self.window = Window(kernel: kernel, stride: stride, padding: padding)
            self.groups = groups
            self.rectifier = rectifier
            self.hasBias = hasBias
            self.batchNormalization = batchNormalization
        }
    }
}

extension Layer.Convolution: Weighted {
    static let name = "convolution"

    init(fields: inout JSONFields) throws(JSONError) {
        outputs = try fields.int("out", in: Layer.sizes)
        window = try Window(fields: &fields, stride: 1)
        groups = try fields.optional("groups") == nil ? 1 : fields.int("groups", in: Layer.sizes)
        rectifier = try Rectifier(fields: &fields)
        hasBias = try fields.optional("bias") == nil ? true : fields.bool("bias")
        batchNormalization = try Layer.BatchNormalization(fields: &fields)
    }

    var members: [(String, JSON)] {
        var members: [(String, JSON)] = [("out", .int(outputs))]
        members += window.members
        members.append(("groups", .int(groups)))
        members += rectifier.members
        if !hasBias { members.append(("bias", .bool(false))) }
        if let batchNormalization { members.append(("batch_normalization", batchNormalization.json)) }
        return members
    }

    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape {
        let input = inputs[0]
        let (kernel, stride, padding) = (window.kernel, window.stride, window.padding)
        guard outputs > 0, kernel.height > 0, kernel.width > 0, stride.height > 0, stride.width > 0, groups > 0,
            padding.sides.allSatisfy({ (0...Window.largest).contains($0) }), outputs <= 1 << 20,
            kernel.height <= Window.largest, kernel.width <= Window.largest
        else {
            throw LayerMisfit("outputs, kernel, stride and groups must be positive, kernel <= 64, 0 <= padding <= 64")
        }
        try batchNormalization?.check()
        guard input.channels % groups == 0, outputs % groups == 0 else {
            throw LayerMisfit("\(input.channels) inputs and \(outputs) outputs do not divide into \(groups) groups")
        }
        let padded = (input.height + padding.top + padding.bottom) * (input.width + padding.left + padding.right)
        guard input.channels <= Network.mostValues / padded else {
            throw LayerMisfit("its input \(input) with padding \(padding.text) is too large")
        }
        let (height, width) = try window.output(of: input)
        return Shape(height: height, width: width, channels: outputs)
    }

    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField {
        window.receptiveField(fields[0], from: input, to: output)
    }

    var halo: Sides { window.padding.halo }

    func weightShape(input: Shape) -> [Int] {
        [outputs, input.channels / groups, window.kernel.height, window.kernel.width]
    }

    func geometry(input: Shape) -> LayerGeometry {
        LayerGeometry(
            window: window, groups: groups, rectifier: rectifier, channelsIn: input.channels, channelsOut: outputs,
            isVector: false)
    }
}
