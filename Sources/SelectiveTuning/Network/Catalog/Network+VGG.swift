extension Network {
    /// Convolutions of VGG's five blocks (Simonyan & Zisserman 2015, configurations A, B, D and E).
    static let vggBlocks = [
        11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4],
    ]

    /// torchvision's VGG-16 without batch normalisation (configuration D); 138,357,544 parameters.
    public static let vgg16 = vgg("vgg16", depth: 16)

    /// torchvision's VGGs, with batch normalisation or without.
    static func vgg(_ name: String, depth: Int, isNormed: Bool = false) -> Network {
        var builder = NetworkBuilder()
        var top = builder.vggFeatures(depth: depth, isNormed: isNormed, pools: 5)
        top = builder.linear("classifier.0", 4096, relu: true, from: top, bridge: true)
        top = builder.linear("classifier.3", 4096, relu: true, from: top)
        _ = builder.linear("classifier.6", 1000, relu: false, from: top)
        return Network(
            name: name, inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool2": "pool2", "pool3": "pool3"]))
    }

    /// The localization benchmark's VGG-16 (Choe et al. 2020): without the last pool, and with a 3x3 convolution of 1,024
    /// channels, the global average and one fully connected layer in place of the three.
    static func vgg16GAP(_ name: String) -> Network {
        var builder = NetworkBuilder()
        var top = builder.vggFeatures(depth: 16, isNormed: false, pools: 4)
        top = builder.convolution("conv6", 1024, kernel: 3, padding: 1, from: top)
        builder.averageAndClassify("fc", from: top)
        return Network(
            name: name, inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts([
                "pool1": "pool1", "pool2": "pool2", "pool3": "pool3", "pool4": "pool4",
            ]))
    }
}

extension NetworkBuilder {
    /// `pools`: how many of the blocks end in a pool.
    fileprivate mutating func vggFeatures(depth: Int, isNormed: Bool, pools: Int) -> String {
        var top = Network.image
        // torchvision numbers convolutions, batch normalisations, ReLUs and pools in one sequence.
        var number = 0
        for (block, count) in Network.vggBlocks[depth]!.enumerated() {
            let outputs = min(64 << block, 512)
            for _ in 0..<count {
                if isNormed {
                    top = normed(
                        "features.\(number)", norm: "features.\(number + 1)", outputs, kernel: 3, padding: 1, .relu,
                        Normed(hasBias: true), from: top)
                } else {
                    top = convolution("features.\(number)", outputs, kernel: 3, padding: 1, from: top)
                }
                number += isNormed ? 3 : 2
            }
            if block < pools { top = maxPool("pool\(block + 1)", kernel: 2, ceilMode: false, from: top) }
            number += 1
        }
        return top
    }
}
