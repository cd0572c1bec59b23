extension Network {
    /// SqueezeNet 1.1 (Iandola et al. 2016) in Caffe's form: input 227, blue-green-red minus means, first convolution
    /// without padding, pools that round up; ends in a 1x1 convolution, ReLU and the global average.
    public static let squeezenet11Caffe: Network = {
        var layers: [Layer] = []
        func add(_ name: String, _ kind: Layer.Kind, from: [String]) -> String {
            layers.append(Layer(name, kind, from: from))
            return name
        }
        func fire(_ name: String, squeeze: Int, expand: Int, from: String) -> String {
            let squeezed = add(
                "\(name)/squeeze1x1", .convolution(.init(outputs: squeeze, kernel: 1)), from: [from])
            let narrow = add(
                "\(name)/expand1x1", .convolution(.init(outputs: expand, kernel: 1)), from: [squeezed])
            let wide = add(
                "\(name)/expand3x3", .convolution(.init(outputs: expand, kernel: 3, padding: 1)), from: [squeezed])
            return add("\(name)/concat", .concatenation, from: [narrow, wide])
        }
        func pool(_ name: String, from: String) -> String {
            add(name, .maxPool(.init(kernel: 3, stride: 2, ceilMode: true)), from: [from])
        }
        var top = add("conv1", .convolution(.init(outputs: 64, kernel: 3, stride: 2)), from: [Network.image])
        top = pool("pool1", from: top)
        top = fire("fire2", squeeze: 16, expand: 64, from: top)
        top = fire("fire3", squeeze: 16, expand: 64, from: top)
        top = pool("pool3", from: top)
        top = fire("fire4", squeeze: 32, expand: 128, from: top)
        top = fire("fire5", squeeze: 32, expand: 128, from: top)
        top = pool("pool5", from: top)
        top = fire("fire6", squeeze: 48, expand: 192, from: top)
        top = fire("fire7", squeeze: 48, expand: 192, from: top)
        top = fire("fire8", squeeze: 64, expand: 256, from: top)
        top = fire("fire9", squeeze: 64, expand: 256, from: top)
        top = add("conv10", .convolution(.init(outputs: 1000, kernel: 1)), from: [top])
        _ = add("pool10", .globalAveragePool, from: [top])
        return Network(
            name: "squeezenet1_1-caffe", inputSize: 227, normalization: .caffeBGR, layers: layers,
            readOuts: [
                .init(name: "image", layer: Network.image), .init(name: "pool1", layer: "pool1"),
                .init(name: "pool3", layer: "pool3"),
            ])
    }()
}
