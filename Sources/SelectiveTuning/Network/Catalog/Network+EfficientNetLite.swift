extension Network {
    /// EfficientNet-Lite0 in TensorFlow's form (Tan & Le, "EfficientNet", ICML 2019, without its gates and with ReLU6): SAME
    /// padding, which is one more row and column below and to the right where the stride is 2. Its tensors' names are
    /// those of the PyTorch ports of the original weights.
    static func efficientnetLite0(_ name: String) -> Network {
        /// Kernel, first stride, expansion, output channels and blocks of each stage.
        let stages = [
            (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3),
            (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
        ]
        let form = NetworkBuilder.Normed(epsilon: 0.001)
        var builder = NetworkBuilder()
        var side = 224
        var top = builder.normed(
            "_conv_stem", norm: "_bn0", 32, kernel: 3, stride: 2, padding: .same(side, kernel: 3, stride: 2), .relu6,
            form, from: Network.image)
        side /= 2
        var (channels, number) = (32, 0)
        var ends: [String] = []
        for (kernel, firstStride, expansion, outputs, count) in stages {
            for block in 0..<count {
                let stride = block == 0 ? firstStride : 1
                let prefix = "_blocks.\(number)"
                var branch = top
                if expansion > 1 {
                    branch = builder.normed(
                        "\(prefix)._expand_conv", norm: "\(prefix)._bn0", channels * expansion, kernel: 1, .relu6, form,
                        from: branch)
                }
                branch = builder.normed(
                    "\(prefix)._depthwise_conv", norm: "\(prefix)._bn1", channels * expansion, kernel: Sides(kernel),
                    stride: Sides(stride), padding: .same(side, kernel: kernel, stride: stride),
                    groups: channels * expansion, .relu6, form, from: branch)
                side /= stride
                branch = builder.normed(
                    "\(prefix)._project_conv", norm: "\(prefix)._bn2", outputs, kernel: 1, .none, form, from: branch)
                top =
                    stride == 1 && channels == outputs
                    ? builder.add(prefix, .add(.init(rectifier: .none)), from: branch, top) : branch
                (channels, number) = (outputs, number + 1)
            }
            ends.append(top)
        }
        top = builder.normed("_conv_head", norm: "_bn1", 1280, kernel: 1, .relu6, form, from: top)
        builder.averageAndClassify("_fc", from: top)
        return Network(
            name: name, inputSize: 224,
            normalization: .init(
                channelOrder: [0, 1, 2], mean: [127, 127, 127], deviation: [128, 128, 128], dividesBy255: false),
            layers: builder.layers,
            readOuts: NetworkBuilder.readOuts([
                "stage1": ends[0], "stage2": ends[1], "stage3": ends[2], "stage4": ends[4], "stage5": top,
            ]), preparation: .init(resizedSide: 256, interpolation: .bicubic))
    }
}

extension Padding {
    /// TensorFlow's SAME padding of a square map: as many windows as side / stride, rounded up; what is odd goes below and
    /// to the right.
    static func same(_ side: Int, kernel: Int, stride: Int) -> Padding {
        let windows = (side + stride - 1) / stride
        let all = max(0, (windows - 1) * stride + kernel - side)
        return Padding(top: all / 2, left: all / 2, bottom: all - all / 2, right: all - all / 2)
    }
}
