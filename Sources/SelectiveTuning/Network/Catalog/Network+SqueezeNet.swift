// SqueezeNet (Iandola et al. 2016). It ends in a 1x1 convolution, ReLU and the global average, so that the top-down pass
// starts at an average and needs no bridge. Its pools round up.

extension NetworkBuilder {
    /// A fire module's layers have these names behind the module's own.
    struct FireNames {
        var squeeze: String
        var narrow: String
        var wide: String
        var concatenation: String

        static let torchvision = FireNames(
            squeeze: ".squeeze", narrow: ".expand1x1", wide: ".expand3x3", concatenation: "")
        static let version1_1 = FireNames(
            squeeze: "/squeeze1x1", narrow: "/expand1x1", wide: "/expand3x3", concatenation: "/concat")
        static let version1_0 = FireNames(
            squeeze: "/conv1x1_1", narrow: "/conv1x1_2", wide: "/conv3x3_2", concatenation: "/concat")
    }

    mutating func fire(_ name: String, squeeze: Int, expand: Int, names: FireNames, from: String) -> String {
        let squeezed = convolution(name + names.squeeze, squeeze, kernel: 1, from: from)
        let narrow = convolution(name + names.narrow, expand, kernel: 1, from: squeezed)
        let wide = convolution(name + names.wide, expand, kernel: 3, padding: 1, from: squeezed)
        return concatenation(name + names.concatenation, from: [narrow, wide])
    }

    /// Squeeze and expand channels of fire2 to fire9.
    private static let fires = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]

    /// The fire modules; `pools` maps the number of a module to the name of the pool after it, `name` a module's number
    /// to its name.
    mutating func fires(_ names: FireNames, pools: [Int: String], from: String, name: (Int) -> String) -> String {
        var top = from
        for (index, (squeeze, expand)) in Self.fires.enumerated() {
            top = fire(name(index + 2), squeeze: squeeze, expand: expand, names: names, from: top)
            if let pool = pools[index + 2] { top = maxPool(pool, from: top) }
        }
        return top
    }
}

extension Network {
    /// torchvision's SqueezeNet 1.0; 1,248,424 parameters.
    public static let squeezenet10: Network = {
        var builder = NetworkBuilder()
        var top = builder.convolution("features.0", 96, kernel: 7, stride: 2, from: Network.image)
        top = builder.maxPool("pool1", from: top)
        let numbers = [3, 4, 5, 7, 8, 9, 10, 12]
        top = builder.fires(.torchvision, pools: [4: "pool4", 8: "pool8"], from: top) { "features.\(numbers[$0 - 2])" }
        top = builder.convolution("classifier.1", 1000, kernel: 1, from: top)
        _ = builder.add("average", .globalAveragePool, from: top)
        return Network(
            name: "squeezenet1_0", inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool4": "pool4"]))
    }()

    /// torchvision's SqueezeNet 1.1; 1,235,496 parameters.
    public static let squeezenet11: Network = {
        var builder = NetworkBuilder()
        var top = builder.convolution("features.0", 64, kernel: 3, stride: 2, from: Network.image)
        top = builder.maxPool("pool1", from: top)
        let numbers = [3, 4, 6, 7, 9, 10, 11, 12]
        top = builder.fires(.torchvision, pools: [3: "pool3", 5: "pool5"], from: top) { "features.\(numbers[$0 - 2])" }
        top = builder.convolution("classifier.1", 1000, kernel: 1, from: top)
        _ = builder.add("average", .globalAveragePool, from: top)
        return Network(
            name: "squeezenet1_1", inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool3": "pool3"]))
    }()

    /// SqueezeNet 1.0 in Caffe's form, as "Deep Compression" (Han et al. 2016) stored it: input 227, blue-green-red minus
    /// means, and a classifier that is padded by one pixel, whose border sees nothing but its bias.
    public static let squeezenet10Caffe: Network = {
        var builder = NetworkBuilder()
        var top = builder.convolution("conv1", 96, kernel: 7, stride: 2, from: Network.image)
        top = builder.maxPool("pool1", from: top)
        top = builder.fires(.version1_0, pools: [4: "pool4", 8: "pool8"], from: top) { "fire\($0)" }
        top = builder.convolution("conv_final", 1000, kernel: 1, padding: 1, from: top)
        _ = builder.add("pool_final", .globalAveragePool, from: top)
        return Network(
            name: "squeezenet1_0-caffe", inputSize: 227, normalization: .caffeBGR, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool4": "pool4"]))
    }()

    /// SqueezeNet 1.1 in Caffe's form: input 227, blue-green-red minus means, first convolution without padding.
    public static let squeezenet11Caffe: Network = {
        var builder = NetworkBuilder()
        var top = builder.convolution("conv1", 64, kernel: 3, stride: 2, from: Network.image)
        top = builder.maxPool("pool1", from: top)
        top = builder.fires(.version1_1, pools: [3: "pool3", 5: "pool5"], from: top) { "fire\($0)" }
        top = builder.convolution("conv10", 1000, kernel: 1, from: top)
        _ = builder.add("pool10", .globalAveragePool, from: top)
        return Network(
            name: "squeezenet1_1-caffe", inputSize: 227, normalization: .caffeBGR, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool3": "pool3"]))
    }()
}
