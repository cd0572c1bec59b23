extension Network {
    /// Output channels of an inception module's branches: 1x1; 3x3 after its reduction; the widest kernel after its
    /// reduction; 1x1 after the pool (Szegedy et al., "Going Deeper with Convolutions", CVPR 2015, table 1).
    struct Inception: Sendable {
        var name: String
        var one: Int
        var three: (reduce: Int, outputs: Int)
        var five: (reduce: Int, outputs: Int)
        var pool: Int

        static let modules = [
            Inception(name: "3a", one: 64, three: (96, 128), five: (16, 32), pool: 32),
            Inception(name: "3b", one: 128, three: (128, 192), five: (32, 96), pool: 64),
            Inception(name: "4a", one: 192, three: (96, 208), five: (16, 48), pool: 64),
            Inception(name: "4b", one: 160, three: (112, 224), five: (24, 64), pool: 64),
            Inception(name: "4c", one: 128, three: (128, 256), five: (24, 64), pool: 64),
            Inception(name: "4d", one: 112, three: (144, 288), five: (32, 64), pool: 64),
            Inception(name: "4e", one: 256, three: (160, 320), five: (32, 128), pool: 128),
            Inception(name: "5a", one: 256, three: (160, 320), five: (32, 128), pool: 128),
            Inception(name: "5b", one: 384, three: (192, 384), five: (48, 128), pool: 128),
        ]
    }

    /// torchvision's GoogLeNet: batch normalisation after each convolution, 3x3 kernels where the paper has 5x5, no
    /// auxiliary heads. Its published weights expect values of mean 0.5 and deviation 0.5 (`transform_input`).
    ///
    /// The bridge stands where the class's weights end and the feature maps begin: at the global average.
    public static let googlenet: Network = {
        var layers: [Layer] = []
        func convolution(
            _ name: String, _ outputs: Int, kernel: Sides, stride: Sides = 1, padding: Padding = 0, from: String
        ) -> String {
            layers.append(
                Layer(
                    name,
                    .convolution(
                        .init(
                            outputs: outputs, kernel: kernel, stride: stride, padding: padding, hasBias: false,
                            batchNormalization: .init(tensors: "\(name).bn", epsilon: 0.001))),
                    from: [from], tensors: "\(name).conv"))
            return name
        }
        func pool(_ name: String, kernel: Sides = 3, stride: Sides = 2, padding: Padding = 0, from: String) -> String {
            layers.append(
                Layer(
                    name, .maxPool(.init(kernel: kernel, stride: stride, padding: padding, ceilMode: true)),
                    from: [from]))
            return name
        }
        var top = convolution("conv1", 64, kernel: 7, stride: 2, padding: 3, from: Network.image)
        top = pool("maxpool1", from: top)
        top = convolution("conv2", 64, kernel: 1, from: top)
        top = convolution("conv3", 192, kernel: 3, padding: 1, from: top)
        top = pool("maxpool2", from: top)
        for module in Inception.modules {
            let name = "inception\(module.name)"
            let one = convolution("\(name).branch1", module.one, kernel: 1, from: top)
            var three = convolution("\(name).branch2.0", module.three.reduce, kernel: 1, from: top)
            three = convolution("\(name).branch2.1", module.three.outputs, kernel: 3, padding: 1, from: three)
            var five = convolution("\(name).branch3.0", module.five.reduce, kernel: 1, from: top)
            five = convolution("\(name).branch3.1", module.five.outputs, kernel: 3, padding: 1, from: five)
            var pooled = pool("\(name).branch4.0", stride: 1, padding: 1, from: top)
            pooled = convolution("\(name).branch4.1", module.pool, kernel: 1, from: pooled)
            layers.append(Layer(name, .concatenation, from: [one, three, five, pooled]))
            top = name
            if module.name == "3b" { top = pool("maxpool3", from: top) }
            if module.name == "4e" { top = pool("maxpool4", kernel: 2, from: top) }
        }
        layers.append(Layer("avgpool", .globalAveragePool, from: [top], bridge: true))
        layers.append(Layer("fc", .linear(.init(outputs: 1000, rectifier: .none)), from: ["avgpool"]))
        return Network(
            name: "googlenet", inputSize: 224,
            normalization: .init(
                channelOrder: [0, 1, 2], mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5], dividesBy255: true),
            layers: layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "maxpool1", "pool2": "maxpool2", "pool3": "maxpool3"]))
    }()

    /// GoogLeNet in Caffe's form: red-green-blue minus means, local response normalisation around the first
    /// convolutions, true 5x5 branches, no auxiliary heads; 6,998,552 parameters.
    public static let googlenetCaffe: Network = {
        var builder = NetworkBuilder()
        var top = builder.convolution("conv1-7x7_s2", 64, kernel: 7, stride: 2, padding: 3, from: Network.image)
        top = builder.maxPool("pool1", from: top)
        top = builder.add("norm1", .localResponseNormalization(.init()), from: top)
        top = builder.convolution("conv2-3x3_reduce", 64, kernel: 1, from: top)
        top = builder.convolution("conv2-3x3", 192, kernel: 3, padding: 1, from: top)
        top = builder.add("norm2", .localResponseNormalization(.init()), from: top)
        top = builder.maxPool("pool2", from: top)
        for module in Inception.modules {
            let name = "inception_\(module.name)"
            let one = builder.convolution("\(name)-1x1", module.one, kernel: 1, from: top)
            var three = builder.convolution("\(name)-3x3_reduce", module.three.reduce, kernel: 1, from: top)
            three = builder.convolution("\(name)-3x3", module.three.outputs, kernel: 3, padding: 1, from: three)
            var five = builder.convolution("\(name)-5x5_reduce", module.five.reduce, kernel: 1, from: top)
            five = builder.convolution("\(name)-5x5", module.five.outputs, kernel: 5, padding: 2, from: five)
            var pooled = builder.maxPool("\(name)-pool", stride: 1, padding: 1, from: top)
            pooled = builder.convolution("\(name)-pool_proj", module.pool, kernel: 1, from: pooled)
            top = builder.concatenation("\(name)-output", from: [one, three, five, pooled])
            if module.name == "3b" { top = builder.maxPool("pool3", from: top) }
            if module.name == "4e" { top = builder.maxPool("pool4", from: top) }
        }
        top = builder.add("pool5", .globalAveragePool, from: top, bridge: true)
        _ = builder.linear("loss3-classifier", 1000, relu: false, from: top)
        return Network(
            name: "googlenet-caffe", inputSize: 224,
            normalization: .init(
                channelOrder: [0, 1, 2], mean: [122.679, 116.669, 104.007], deviation: [1, 1, 1], dividesBy255: false),
            layers: builder.layers,
            readOuts: NetworkBuilder.readOuts(["pool1": "pool1", "pool2": "pool2", "pool3": "pool3"]))
    }()
}
