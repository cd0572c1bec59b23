/// Names under which a network's tensors stand in files of other libraries.
struct WeightNaming: Sendable {
    /// Whose names they are, for people.
    let owner: String
    /// From the network's name of a tensor to that of the files.
    let name: @Sendable (String) -> String
}

extension WeightNaming {
    /// Hugging Face's transformers, as in microsoft/resnet-50.
    static let huggingFaceResNet = WeightNaming(owner: "Hugging Face's transformers") { name in
        var steps = name.split(separator: ".").map(String.init)
        let tensor = steps.removeLast()
        func part(_ step: String) -> String? {
            if step.hasPrefix("conv") { return "convolution" }
            return step.hasPrefix("bn") ? "normalization" : nil
        }
        if steps == ["fc"] { return "classifier.1.\(tensor)" }
        if steps.count == 1, let part = part(steps[0]) { return "resnet.embedder.embedder.\(part).\(tensor)" }
        guard steps.count >= 3, steps[0].hasPrefix("layer"), let stage = Int(steps[0].dropFirst(5)) else {
            return name
        }
        let block = "resnet.encoder.stages.\(stage - 1).layers.\(steps[1])"
        if steps[2] == "downsample" {
            return "\(block).shortcut.\(steps.last == "0" ? "convolution" : "normalization").\(tensor)"
        }
        guard let part = part(steps[2]), let number = steps[2].last.flatMap({ Int(String($0)) }) else { return name }
        return "\(block).layer.\(number - 1).\(part).\(tensor)"
    }

    /// The files that torchvision publishes for its DenseNets: `norm.1` where its modules have `norm1`.
    static let firstDenseNet = WeightNaming(owner: "torchvision's published files") { name in
        var steps = name.split(separator: ".").map(String.init)
        guard steps.count == 5, steps[2].hasPrefix("denselayer"), let number = steps[3].last, number.isNumber else {
            return name
        }
        steps[3] = "\(steps[3].dropLast()).\(number)"
        return steps.joined(separator: ".")
    }
}
