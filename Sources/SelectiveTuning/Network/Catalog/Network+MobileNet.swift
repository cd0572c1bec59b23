extension Network {
    /// MobileNetV1 (Howard et al. 2017) with plain ReLUs, as localization papers use it: thirteen blocks of a depthwise and
    /// a 1x1 convolution.
    static func mobilenetV1(_ name: String) -> Network {
        let blocks = [
            (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1),
            (512, 1), (1024, 2), (1024, 1),
        ]
        var builder = NetworkBuilder()
        var top = builder.normed(
            "model.0.0", norm: "model.0.1", 32, kernel: 3, stride: 2, padding: 1, from: Network.image)
        var channels = 32
        for (number, (outputs, stride)) in blocks.enumerated() {
            let prefix = "model.\(number + 1)"
            top = builder.normed(
                "\(prefix).0", norm: "\(prefix).1", channels, kernel: 3, stride: Sides(stride), padding: 1,
                groups: channels, from: top)
            top = builder.normed("\(prefix).3", norm: "\(prefix).4", outputs, kernel: 1, from: top)
            channels = outputs
        }
        builder.averageAndClassify("fc", from: top)
        return Network(
            name: name, inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts([
                "stage1": "model.1.3", "stage2": "model.3.3", "stage3": "model.5.3", "stage4": "model.11.3",
                "stage5": "model.13.3",
            ]))
    }

    /// torchvision's MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018):
    /// ReLU6, and no ReLU where a block ends.
    static func mobilenetV2(_ name: String) -> Network {
        /// Expansion, output channels, blocks and the first one's stride of each stage.
        let stages = [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ]
        var builder = NetworkBuilder()
        var top = builder.normed(
            "features.0.0", norm: "features.0.1", 32, kernel: 3, stride: 2, padding: 1, .relu6, from: Network.image)
        var (channels, number) = (32, 1)
        var ends: [String] = []
        for (expansion, outputs, count, firstStride) in stages {
            for block in 0..<count {
                let stride = block == 0 ? firstStride : 1
                let prefix = "features.\(number)"
                var branch = top
                var place = 0
                if expansion > 1 {
                    branch = builder.normed(
                        "\(prefix).conv.0.0", norm: "\(prefix).conv.0.1", channels * expansion, kernel: 1, .relu6,
                        from: branch)
                    place = 1
                }
                branch = builder.normed(
                    "\(prefix).conv.\(place).0", norm: "\(prefix).conv.\(place).1", channels * expansion, kernel: 3,
                    stride: Sides(stride), padding: 1, groups: channels * expansion, .relu6, from: branch)
                branch = builder.normed(
                    "\(prefix).conv.\(place + 1)", norm: "\(prefix).conv.\(place + 2)", outputs, kernel: 1, .none,
                    from: branch)
                top =
                    stride == 1 && channels == outputs
                    ? builder.add(prefix, .add(.init(rectifier: .none)), from: branch, top) : branch
                (channels, number) = (outputs, number + 1)
            }
            ends.append(top)
        }
        top = builder.normed("features.18.0", norm: "features.18.1", 1280, kernel: 1, .relu6, from: top)
        builder.averageAndClassify("classifier.1", from: top)
        return Network(
            name: name, inputSize: 224, normalization: .imagenet, layers: builder.layers,
            readOuts: NetworkBuilder.readOuts([
                "stage1": ends[0], "stage2": ends[1], "stage3": ends[2], "stage4": ends[4], "stage5": top,
            ]))
    }
}
