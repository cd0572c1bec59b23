extension Network {
    /// AlexNet (Krizhevsky, Sutskever & Hinton 2012) in Caffe's form: input 227, blue-green-red minus means, two groups in
    /// three convolutions, local response normalisation before the first two pools; 60,965,224 parameters.
    public static let alexnetCaffe: Network = {
        var builder = NetworkBuilder()
        var top = builder.convolution("conv1", 96, kernel: 11, stride: 4, from: Network.image)
        top = builder.add("norm1", .localResponseNormalization(.init()), from: top)
        top = builder.maxPool("pool1", from: top)
        top = builder.convolution("conv2", 256, kernel: 5, padding: 2, groups: 2, from: top)
        top = builder.add("norm2", .localResponseNormalization(.init()), from: top)
        top = builder.maxPool("pool2", from: top)
        top = builder.convolution("conv3", 384, kernel: 3, padding: 1, from: top)
        top = builder.convolution("conv4", 384, kernel: 3, padding: 1, groups: 2, from: top)
        top = builder.convolution("conv5", 256, kernel: 3, padding: 1, groups: 2, from: top)
        top = builder.maxPool("pool5", from: top)
        top = builder.linear("fc6", 4096, relu: true, from: top, bridge: true)
        top = builder.linear("fc7", 4096, relu: true, from: top)
        _ = builder.linear("fc8", 1000, relu: false, from: top)
        return Network(
            name: "alexnet-caffe", inputSize: 227, normalization: .caffeBGR, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool2": "pool2"]))
    }()
}
