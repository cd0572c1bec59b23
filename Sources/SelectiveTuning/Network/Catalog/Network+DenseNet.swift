extension Network {
    /// torchvision's DenseNets (Huang et al., "Densely Connected Convolutional Networks", CVPR 2017): every layer of a
    /// block reads what all before it have made; batch normalisation and ReLU stand before the convolutions.
    ///
    /// - Parameters:
    ///   - growth: channels that each layer adds.
    ///   - blocks: layers of each of the four blocks.
    ///   - stem: channels of the first convolution.
    static func densenet(_ name: String, growth: Int, blocks: [Int], stem: Int) -> Network {
        var builder = NetworkBuilder()
        func affine(_ name: String, from: String) -> String {
            builder.add(name, .affine(.init(epsilon: 1e-5, rectifier: .relu)), from: from)
        }
        func plain(_ name: String, _ outputs: Int, kernel: Sides, padding: Padding = 0, from: String) -> String {
            builder.add(
                name,
                .convolution(
                    .init(outputs: outputs, kernel: kernel, padding: padding, rectifier: .none, hasBias: false)),
                from: from)
        }
        var top = builder.normed(
            "features.conv0", norm: "features.norm0", stem, kernel: 7, stride: 2, padding: 3, from: Network.image)
        top = builder.maxPool("features.pool0", padding: 1, ceilMode: false, from: top)
        var channels = stem
        var ends: [String] = []
        for (block, count) in blocks.enumerated() {
            for layer in 0..<count {
                let prefix = "features.denseblock\(block + 1).denselayer\(layer + 1)"
                var added = affine("\(prefix).norm1", from: top)
                added = builder.normed(
                    "\(prefix).conv1", norm: "\(prefix).norm2", 4 * growth, kernel: 1, from: added)
                added = plain("\(prefix).conv2", growth, kernel: 3, padding: 1, from: added)
                top = builder.concatenation(prefix, from: [top, added])
                channels += growth
            }
            ends.append(top)
            if block < blocks.count - 1 {
                let prefix = "features.transition\(block + 1)"
                channels /= 2
                top = plain("\(prefix).conv", channels, kernel: 1, from: affine("\(prefix).norm", from: top))
                top = builder.averagePool("\(prefix).pool", kernel: 2, stride: 2, from: top)
            }
        }
        top = affine("features.norm5", from: top)
        builder.averageAndClassify("classifier", from: top)
        return Network(
            name: name, inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts([
                "pool1": "features.pool0", "block1": ends[0], "block2": ends[1], "block3": ends[2], "block4": ends[3],
            ]))
    }
}
