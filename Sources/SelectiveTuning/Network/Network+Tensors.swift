/// One tensor that a network needs from its weights' file.
public struct TensorSpecification: Sendable, Hashable {
    public var name: String
    public var shape: [Int]
    /// Products that one output of its layer sums.
    public var fanIn: Int
}

extension Layer {
    /// Shape of the layer's weights in a file, [out, in / groups, kernel, kernel] or [out, in]; nil if it has none.
    func weightShape(input: Shape) -> [Int]? {
        switch kind {
        case .convolution(let c): [c.outputs, input.channels / c.groups, c.kernel, c.kernel]
        case .linear(let outputs, _): [outputs, input.count]
        case .maxPool, .globalAveragePool, .concatenation: nil
        }
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
            tensors.append(TensorSpecification(name: "\(layer.name).weight", shape: shape, fanIn: fanIn))
            tensors.append(TensorSpecification(name: "\(layer.name).bias", shape: [shape[0]], fanIn: fanIn))
        }
        return tensors
    }
}

extension Network {
    /// Floating-point operations of the forward pass of one picture: two a multiply-add of its convolutions and fully
    /// connected layers, taps in the padding included.
    public func operations() throws(NetworkError) -> Double {
        let shapes = try shapes()
        var outputs: [String: Int] = [:]
        for (number, layer) in layers.enumerated() { outputs[layer.name + ".weight"] = shapes[number + 1].count }
        return try tensors().reduce(0) { sum, tensor in
            sum + 2 * Double(outputs[tensor.name] ?? 0) * Double(tensor.fanIn)
        }
    }
}
