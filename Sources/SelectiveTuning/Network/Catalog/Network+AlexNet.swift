extension Network {
    /// torchvision's AlexNet ("One weird trick for parallelizing convolutional neural networks", Krizhevsky 2014):
    /// no groups, no local response normalisation; 61,100,840 parameters.
    public static let alexnet: Network = {
        func convolution(
            _ name: String, _ outputs: Int, _ kernel: Sides, _ stride: Sides, _ padding: Padding, from: String
        )
            -> Layer
        {
            Layer(
                name, .convolution(.init(outputs: outputs, kernel: kernel, stride: stride, padding: padding)),
                from: [from])
        }
        func pool(_ name: String, from: String) -> Layer {
            Layer(name, .maxPool(.init(kernel: 3, stride: 2)), from: [from])
        }
        return Network(
            name: "alexnet", inputSize: 224, normalization: .imagenet,
            layers: [
                convolution("features.0", 64, 11, 4, 2, from: Network.image),
                pool("pool1", from: "features.0"),
                convolution("features.3", 192, 5, 1, 2, from: "pool1"),
                pool("pool2", from: "features.3"),
                convolution("features.6", 384, 3, 1, 1, from: "pool2"),
                convolution("features.8", 256, 3, 1, 1, from: "features.6"),
                convolution("features.10", 256, 3, 1, 1, from: "features.8"),
                pool("pool3", from: "features.10"),
                Layer("classifier.1", .linear(.init(outputs: 4096, rectifier: .relu)), from: ["pool3"], bridge: true),
                Layer("classifier.4", .linear(.init(outputs: 4096, rectifier: .relu)), from: ["classifier.1"]),
                Layer("classifier.6", .linear(.init(outputs: 1000, rectifier: .none)), from: ["classifier.4"]),
            ],
            readOuts: [.init(name: "image", layer: Network.image), .init(name: "pool1", layer: "pool1")])
    }()
}
