extension Network {
    /// torchvision's ResNets (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016): blocks with a
    /// shortcut, the stride in a block's 3x3 convolution.
    ///
    /// - Parameters:
    ///   - blocks: of each of the four stages.
    ///   - isBottleneck: 1x1, 3x3 and 1x1 convolutions a block, else two of 3x3.
    ///   - width: channels of the first stage's 3x3 convolutions.
    ///   - lastStride: of the last stage; 1 is the localization benchmark's form, whose last map is 14x14 (Choe et al.,
    ///     "Evaluating Weakly Supervised Object Localization Methods Right", CVPR 2020).
    static func resnet(_ name: String, blocks: [Int], isBottleneck: Bool, width: Int = 64, lastStride: Int = 2)
        -> Network
    {
        var builder = NetworkBuilder()
        var top = builder.normed(
            "conv1", norm: "bn1", 64, kernel: 7, stride: 2, padding: 3, from: Network.image)
        top = builder.maxPool("maxpool", padding: 1, ceilMode: false, from: top)
        var channels = 64
        for (stage, count) in blocks.enumerated() {
            let inner = width << stage
            let outer = isBottleneck ? 256 << stage : inner
            for block in 0..<count {
                let stride = block > 0 || stage == 0 ? 1 : stage == 3 ? lastStride : 2
                let prefix = "layer\(stage + 1).\(block)"
                var branch: String
                if isBottleneck {
                    branch = builder.normed(
                        "\(prefix).conv1", norm: "\(prefix).bn1", inner, kernel: 1, from: top)
                    branch = builder.normed(
                        "\(prefix).conv2", norm: "\(prefix).bn2", inner, kernel: 3, stride: Sides(stride), padding: 1,
                        from: branch)
                    branch = builder.normed(
                        "\(prefix).conv3", norm: "\(prefix).bn3", outer, kernel: 1, .none, from: branch)
                } else {
                    branch = builder.normed(
                        "\(prefix).conv1", norm: "\(prefix).bn1", inner, kernel: 3, stride: Sides(stride), padding: 1,
                        from: top)
                    branch = builder.normed(
                        "\(prefix).conv2", norm: "\(prefix).bn2", outer, kernel: 3, padding: 1, .none, from: branch)
                }
                if block == 0, stride != 1 || channels != outer {
                    top = builder.normed(
                        "\(prefix).downsample.0", norm: "\(prefix).downsample.1", outer, kernel: 1,
                        stride: Sides(stride), .none, from: top)
                }
                top = builder.add(prefix, .add(.init(rectifier: .relu)), from: branch, top)
                channels = outer
            }
        }
        builder.averageAndClassify("fc", from: top)
        let last = blocks.enumerated().map { "layer\($0 + 1).\($1 - 1)" }
        return Network(
            name: name, inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts([
                "pool1": "maxpool", "layer1": last[0], "layer2": last[1], "layer3": last[2], "layer4": last[3],
            ]))
    }
}
