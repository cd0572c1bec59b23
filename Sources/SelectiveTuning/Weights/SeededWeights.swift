/// Weights for speed and exactness tests where trained ones are not at hand: of a trained network's magnitude, and
/// the same bits everywhere, since nothing beyond a correctly rounded square root and product makes them.
public enum SeededWeights {
    /// Values uniform within +-sqrt(6 / fanIn): the bound under which activations keep their variance through layers
    /// with ReLU (He et al., "Delving Deep into Rectifiers", ICCV 2015).
    ///
    /// Each tensor has a stream of its own, keyed by the seed and its name: neither the order of the tensors nor the
    /// other tensors change its values.
    /// - Parameters:
    ///   - shape: sizes from 0 up.
    ///   - fanIn: the products that one output sums, from 1 up: input channels of a group times the kernel's area.
    /// - Returns: the elements in row-major order.
    public static func fill(seed: UInt64, tensor name: String, shape: [Int], fanIn: Int) -> [Float] {
        precondition(fanIn >= 1, "tensor \(name): fanIn is \(fanIn), expected at least 1")
        precondition(shape.allSatisfy { $0 >= 0 }, "tensor \(name): shape \(shape) is negative")
        var keys = SeededGenerator(seed: seed)
        var generator = SeededGenerator(seed: keys.next() ^ hash(name))
        let bound = (6 / Float(fanIn)).squareRoot()
        let count = shape.reduce(1, *)
        return [Float](unsafeUninitializedCapacity: count) { values, initialized in
            for i in 0..<count { values[i] = generator.nextSigned() * bound }
            initialized = count
        }
    }

    /// The same for a tensor of a network. A batch normalisation gets scales and variances around 1, in 0.5 ..< 1.5, and
    /// shifts and means within +-0.1: near what it has before it is trained, and none of them the identity. One that ends a
    /// residual branch has a quarter of that scale.
    public static func fill(seed: UInt64, _ tensor: TensorSpecification) -> [Float] {
        func uniform(_ centre: Float, _ width: Float) -> [Float] {
            // Within +-1 for a fan-in of 6.
            fill(seed: seed, tensor: tensor.name, shape: tensor.shape, fanIn: 6).map { centre + width * $0 }
        }
        return switch tensor.role {
        case .weight, .bias: fill(seed: seed, tensor: tensor.name, shape: tensor.shape, fanIn: tensor.fanIn)
        case .scale, .variance: uniform(1, 0.5)
        // With the others' scale each block of a residual network would double its signals' power.
        case .branchScale: uniform(1, 0.5).map { $0 / 4 }
        case .shift, .mean: uniform(0, 0.1)
        }
    }

    /// FNV-1a with 64 bits over the name's UTF-8 (Fowler, Noll and Vo).
    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
