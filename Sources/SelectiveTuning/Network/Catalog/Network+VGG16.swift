extension Network {
    /// torchvision's VGG-16 (Simonyan & Zisserman 2015, configuration D, no batch normalisation); 138,357,544 parameters.
    public static let vgg16: Network = {
        var builder = NetworkBuilder()
        var top = Network.image
        // torchvision numbers convolutions, ReLUs and pools in one sequence.
        var number = 0
        for (block, (outputs, count)) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)].enumerated() {
            for _ in 0..<count {
                top = builder.convolution("features.\(number)", outputs, kernel: 3, padding: 1, from: top)
                number += 2
            }
            top = builder.maxPool("pool\(block + 1)", kernel: 2, ceilMode: false, from: top)
            number += 1
        }
        top = builder.linear("classifier.0", 4096, relu: true, from: top, bridge: true)
        top = builder.linear("classifier.3", 4096, relu: true, from: top)
        _ = builder.linear("classifier.6", 1000, relu: false, from: top)
        return Network(
            name: "vgg16", inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool2": "pool2", "pool3": "pool3"]))
    }()
}
