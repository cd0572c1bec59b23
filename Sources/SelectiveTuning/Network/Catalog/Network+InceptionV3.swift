extension Network {
    /// torchvision's Inception-v3 (Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016)
    /// without its auxiliary head; input 299. Its published weights expect values of mean 0.5 and deviation 0.5
    /// (`transform_input`).
    static func inceptionV3(_ name: String) -> Network {
        var builder = InceptionBuilder()
        var top = builder.convolution("Conv2d_1a_3x3", 32, 3, stride: 2, from: Network.image)
        top = builder.convolution("Conv2d_2a_3x3", 32, 3, from: top)
        top = builder.convolution("Conv2d_2b_3x3", 64, 3, padding: 1, from: top)
        top = builder.maxPool("maxpool1", from: top)
        top = builder.convolution("Conv2d_3b_1x1", 80, 1, from: top)
        top = builder.convolution("Conv2d_4a_3x3", 192, 3, from: top)
        top = builder.maxPool("maxpool2", from: top)
        top = builder.moduleA("Mixed_5b", pool: 32, from: top)
        top = builder.moduleA("Mixed_5c", pool: 64, from: top)
        top = builder.moduleA("Mixed_5d", pool: 64, from: top)
        top = builder.moduleB("Mixed_6a", from: top)
        top = builder.moduleC("Mixed_6b", 128, from: top)
        top = builder.moduleC("Mixed_6c", 160, from: top)
        top = builder.moduleC("Mixed_6d", 160, from: top)
        top = builder.moduleC("Mixed_6e", 192, from: top)
        top = builder.moduleD("Mixed_7a", from: top)
        top = builder.moduleE("Mixed_7b", from: top)
        top = builder.moduleE("Mixed_7c", from: top)
        builder.builder.averageAndClassify("fc", from: top)
        return Network(
            name: name, inputSize: 299,
            normalization: .init(
                channelOrder: [0, 1, 2], mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5], dividesBy255: true),
            layers: builder.builder.layers,
            readOuts: NetworkBuilder.readOuts([
                "pool1": "maxpool1", "pool2": "maxpool2", "mixed5": "Mixed_5d", "mixed6": "Mixed_6e",
                "mixed7": "Mixed_7c",
            ]), preparation: .init(resizedSide: 342))
    }
}

/// Inception-v3's modules, A to E in the order of the network.
private struct InceptionBuilder {
    var builder = NetworkBuilder()

    private static let across = (kernel: Sides(height: 1, width: 7), padding: Padding(height: 0, width: 3))
    private static let down = (kernel: Sides(height: 7, width: 1), padding: Padding(height: 3, width: 0))

    mutating func convolution(
        _ name: String, _ outputs: Int, _ kernel: Sides, stride: Sides = 1, padding: Padding = 0, from: String
    ) -> String {
        builder.normed(
            name, norm: "\(name).bn", outputs, kernel: kernel, stride: stride, padding: padding, .relu,
            .init(epsilon: 0.001), tensors: "\(name).conv", from: from)
    }

    mutating func maxPool(_ name: String, from: String) -> String {
        builder.maxPool(name, ceilMode: false, from: from)
    }

    private mutating func across(_ name: String, _ outputs: Int, from: String) -> String {
        convolution(name, outputs, Self.across.kernel, padding: Self.across.padding, from: from)
    }

    private mutating func down(_ name: String, _ outputs: Int, from: String) -> String {
        convolution(name, outputs, Self.down.kernel, padding: Self.down.padding, from: from)
    }

    /// 1x1 and two 3x3, the last one with this stride.
    private mutating func double(
        _ name: String, _ reduced: Int, _ outputs: Int, stride: Sides = 1, padding: Padding = 1, from: String
    ) -> String {
        var top = convolution("\(name).branch3x3dbl_1", reduced, 1, from: from)
        top = convolution("\(name).branch3x3dbl_2", outputs, 3, padding: 1, from: top)
        return convolution("\(name).branch3x3dbl_3", outputs, 3, stride: stride, padding: padding, from: top)
    }

    private mutating func pooled(_ name: String, _ outputs: Int, from: String) -> String {
        let pool = builder.averagePool("\(name).pool", kernel: 3, stride: 1, padding: 1, from: from)
        return convolution("\(name).branch_pool", outputs, 1, from: pool)
    }

    mutating func moduleA(_ name: String, pool: Int, from: String) -> String {
        let one = convolution("\(name).branch1x1", 64, 1, from: from)
        var five = convolution("\(name).branch5x5_1", 48, 1, from: from)
        five = convolution("\(name).branch5x5_2", 64, 5, padding: 2, from: five)
        let double = double(name, 64, 96, from: from)
        let pooled = pooled(name, pool, from: from)
        return builder.concatenation(name, from: [one, five, double, pooled])
    }

    mutating func moduleB(_ name: String, from: String) -> String {
        let three = convolution("\(name).branch3x3", 384, 3, stride: 2, from: from)
        let double = double(name, 64, 96, stride: 2, padding: 0, from: from)
        let pooled = maxPool("\(name).pool", from: from)
        return builder.concatenation(name, from: [three, double, pooled])
    }

    mutating func moduleC(_ name: String, _ inner: Int, from: String) -> String {
        let one = convolution("\(name).branch1x1", 192, 1, from: from)
        var seven = convolution("\(name).branch7x7_1", inner, 1, from: from)
        seven = across("\(name).branch7x7_2", inner, from: seven)
        seven = down("\(name).branch7x7_3", 192, from: seven)
        var double = convolution("\(name).branch7x7dbl_1", inner, 1, from: from)
        double = down("\(name).branch7x7dbl_2", inner, from: double)
        double = across("\(name).branch7x7dbl_3", inner, from: double)
        double = down("\(name).branch7x7dbl_4", inner, from: double)
        double = across("\(name).branch7x7dbl_5", 192, from: double)
        let pooled = pooled(name, 192, from: from)
        return builder.concatenation(name, from: [one, seven, double, pooled])
    }

    mutating func moduleD(_ name: String, from: String) -> String {
        var three = convolution("\(name).branch3x3_1", 192, 1, from: from)
        three = convolution("\(name).branch3x3_2", 320, 3, stride: 2, from: three)
        var seven = convolution("\(name).branch7x7x3_1", 192, 1, from: from)
        seven = across("\(name).branch7x7x3_2", 192, from: seven)
        seven = down("\(name).branch7x7x3_3", 192, from: seven)
        seven = convolution("\(name).branch7x7x3_4", 192, 3, stride: 2, from: seven)
        let pooled = maxPool("\(name).pool", from: from)
        return builder.concatenation(name, from: [three, seven, pooled])
    }

    mutating func moduleE(_ name: String, from: String) -> String {
        /// A 1x3 and a 3x1 convolution of the same input, side by side.
        func both(_ branch: String, from: String) -> [String] {
            [
                convolution(
                    "\(name).\(branch)a", 384, Sides(height: 1, width: 3), padding: Padding(height: 0, width: 1),
                    from: from),
                convolution(
                    "\(name).\(branch)b", 384, Sides(height: 3, width: 1), padding: Padding(height: 1, width: 0),
                    from: from),
            ]
        }
        let one = convolution("\(name).branch1x1", 320, 1, from: from)
        let three = both("branch3x3_2", from: convolution("\(name).branch3x3_1", 384, 1, from: from))
        var top = convolution("\(name).branch3x3dbl_1", 448, 1, from: from)
        top = convolution("\(name).branch3x3dbl_2", 384, 3, padding: 1, from: top)
        let double = both("branch3x3dbl_3", from: top)
        let pooled = pooled(name, 192, from: from)
        return builder.concatenation(name, from: [one] + three + double + [pooled])
    }
}
