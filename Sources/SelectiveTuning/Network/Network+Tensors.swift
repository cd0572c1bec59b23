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
        /// Of the batch normalisation that ends a residual branch.
        case branchScale
        case shift
        case mean
        case variance
    }
}

extension Layer {
    /// What the names of its tensors start with.
    var tensorPrefix: String { tensors ?? name }

    /// Inputs of one of its outputs, padding included: as many at the most take part in the top-down pass. For inputs of
    /// these shapes, of which `Network.shapes` has approved.
    package func connections(input: Shape) -> Int { work.connections(input: input) }
}

extension Network {
    /// Every tensor that the network needs, in the order of its layers.
    public func tensors() throws(NetworkError) -> [TensorSpecification] {
        let shapes = try shapes()
        var place = [Network.image: 0]
        let branches = Set(layers.filter(\.work.sumsInputs).map { $0.inputs[0] })
        var tensors: [TensorSpecification] = []
        for (number, layer) in layers.enumerated() {
            place[layer.name] = number + 1
            var own = layer.work.tensors(prefix: layer.tensorPrefix, input: shapes[place[layer.inputs[0]]!])
            if branches.contains(layer.name) {
                for index in own.indices where own[index].role == .scale { own[index].role = .branchScale }
            }
            tensors += own
        }
        return tensors
    }

    /// Floating-point operations of the forward pass of one picture: two a multiply-add of its convolutions and fully
    /// connected layers, taps in the padding included.
    public func operations() throws(NetworkError) -> Double {
        try layerCosts().reduce(0) { $0 + $1.operations }
    }

    /// For each layer: its kind, the floating-point operations of one picture, and the bytes of activations that it reads
    /// and writes once each.
    package func layerCosts() throws(NetworkError) -> [(kind: String, operations: Double, bytes: Double)] {
        let shapes = try shapes()
        var place = [Network.image: 0]
        return layers.enumerated().map { number, layer in
            place[layer.name] = number + 1
            let inputs = layer.inputs.map { shapes[place[$0]!] }
            let output = shapes[number + 1]
            return (
                type(of: layer.work).name,
                2 * Double(output.count) * Double(layer.work.products(input: inputs[0])),
                4 * Double(inputs.reduce(output.count) { $0 + $1.count })
            )
        }
    }
}
