/// One tensor that a network needs from its weights' file.
public struct TensorSpecification: Sendable, Hashable {
    public var name: String
    public var shape: [Int]
    /// Products that one output of its layer sums.
    public var fanIn: Int
    public var role: Role

    public enum Role: Sendable, Hashable {
        case weight
        case bias
        /// The four vectors of a batch normalisation.
        case scale
        case shift
        case mean
        case variance
    }
}

extension Layer {
    /// Shape of the layer's weights in a file, [out, in / groups, kernel, kernel] or [out, in]; nil if it has none.
    func weightShape(input: Shape) -> [Int]? {
        switch kind {
        case .convolution(let c): [c.outputs, input.channels / c.groups, c.kernel, c.kernel]
        case .linear(let outputs, _): [outputs, input.count]
        case .maxPool, .averagePool, .globalAveragePool, .localResponseNormalization, .concatenation: nil
        }
    }

    /// What the names of its tensors start with.
    var tensorPrefix: String { tensors ?? name }

    var hasBias: Bool {
        if case .convolution(let convolution) = kind { return convolution.hasBias }
        return true
    }

    var batchNormalization: BatchNormalization? {
        if case .convolution(let convolution) = kind { return convolution.batchNormalization }
        return nil
    }
}

extension Network {
    /// Every tensor that the network needs, in the order of its layers.
    public func tensors() throws(NetworkError) -> [TensorSpecification] {
        let shapes = try shapes()
        var place = [Network.image: 0]
        var tensors: [TensorSpecification] = []
        for (number, layer) in layers.enumerated() {
            place[layer.name] = number + 1
            guard let shape = layer.weightShape(input: shapes[place[layer.inputs[0]]!]) else { continue }
            let fanIn = shape.dropFirst().reduce(1, *)
            func add(_ name: String, _ shape: [Int], _ role: TensorSpecification.Role) {
                tensors.append(TensorSpecification(name: name, shape: shape, fanIn: fanIn, role: role))
            }
            add("\(layer.tensorPrefix).weight", shape, .weight)
            if layer.hasBias { add("\(layer.tensorPrefix).bias", [shape[0]], .bias) }
            if let normalization = layer.batchNormalization {
                for (suffix, role) in BatchNormalizationTensors.parts {
                    add("\(normalization.tensors).\(suffix)", [shape[0]], role)
                }
            }
        }
        return tensors
    }

    /// Floating-point operations of the forward pass of one picture: two a multiply-add of its convolutions and fully
    /// connected layers, taps in the padding included.
    public func operations() throws(NetworkError) -> Double {
        let shapes = try shapes()
        var place = [Network.image: 0]
        var sum = 0.0
        for (number, layer) in layers.enumerated() {
            place[layer.name] = number + 1
            guard let shape = layer.weightShape(input: shapes[place[layer.inputs[0]]!]) else { continue }
            sum += 2 * Double(shapes[number + 1].count) * Double(shape.dropFirst().reduce(1, *))
        }
        return sum
    }
}
