import Foundation
import SelectiveTuning
import Testing

/// Files whose tensors have other libraries' names.
@Suite struct WeightNamingTests {
    /// A file with each of a network's tensors, one value in each, under another name.
    private func file(of network: Network, named: (String) -> String) throws -> (file: WeightFile, remove: () -> Void) {
        let path = FileManager.default.temporaryDirectory.path + "/stnet-\(UUID().uuidString).safetensors"
        let tensors = try network.tensors()
        var header: [String] = []
        var data: [Float] = []
        for (number, tensor) in tensors.enumerated() {
            let count = tensor.shape.reduce(1, *)
            let start = data.count * 4
            data += [Float](repeating: Float(number), count: count)
            header.append(
                "\"\(named(tensor.name))\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),"
                    + "\"data_offsets\":[\(start),\(start + count * 4)]}")
        }
        var text = "{\(header.joined(separator: ","))}"
        while text.utf8.count % 8 != 0 { text += " " }
        var bytes = withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Data($0) }
        bytes += Data(text.utf8)
        data.withUnsafeBytes { bytes.append(contentsOf: $0) }
        try bytes.write(to: URL(filePath: path))
        return (try WeightFile.open(path: path), { try? FileManager.default.removeItem(atPath: path) })
    }

    private func check(_ network: Network, note: String, named: (String) -> String) throws {
        let (file, remove) = try file(of: network, named: named)
        defer { remove() }
        #expect(try file.check(for: network)?.contains(note) == true)
        let source = try file.fitted(to: network)
        for (number, tensor) in try network.tensors().enumerated() {
            #expect(try source.tensor(tensor.name, expecting: tensor.shape).allSatisfy { $0 == Float(number) })
        }
    }

    /// The names that microsoft/resnet-18 and resnet-50 have, written down for each kind of tensor.
    @Test func huggingFacesResNets() throws {
        let names = [
            "conv1.weight": "resnet.embedder.embedder.convolution.weight",
            "bn1.running_mean": "resnet.embedder.embedder.normalization.running_mean",
            "layer1.0.conv1.weight": "resnet.encoder.stages.0.layers.0.layer.0.convolution.weight",
            "layer4.1.bn2.bias": "resnet.encoder.stages.3.layers.1.layer.1.normalization.bias",
            "layer2.0.downsample.0.weight": "resnet.encoder.stages.1.layers.0.shortcut.convolution.weight",
            "layer2.0.downsample.1.running_var": "resnet.encoder.stages.1.layers.0.shortcut.normalization.running_var",
            "fc.bias": "classifier.1.bias",
        ]
        let network = try NetworkCatalog.network(named: "resnet18")
        var seen = 0
        try check(network, note: "names of Hugging Face's transformers") { name in
            let renamed = Self.huggingFace(name)
            if let expected = names[name] {
                #expect(renamed == expected)
                seen += 1
            }
            return renamed
        }
        #expect(seen == names.count)
    }

    /// From the published table, step by step; not the program's own way.
    private static func huggingFace(_ name: String) -> String {
        var text = name
        for stage in 1...4 {
            text = text.replacing(
                "layer\(stage).", with: "resnet.encoder.stages.\(stage - 1).layers.", maxReplacements: 1)
        }
        for number in 1...3 where text.hasPrefix("resnet.") {
            text = text.replacing(".conv\(number).", with: ".layer.\(number - 1).convolution.")
                .replacing(".bn\(number).", with: ".layer.\(number - 1).normalization.")
        }
        text = text.replacing(".downsample.0.", with: ".shortcut.convolution.")
            .replacing(".downsample.1.", with: ".shortcut.normalization.")
        if text.hasPrefix("conv1.") { text = "resnet.embedder.embedder.convolution." + text.dropFirst(6) }
        if text.hasPrefix("bn1.") { text = "resnet.embedder.embedder.normalization." + text.dropFirst(4) }
        return text.hasPrefix("fc.") ? "classifier.1." + text.dropFirst(3) : text
    }

    /// torchvision's modules have norm1, the files that it publishes norm.1.
    @Test func torchvisionsPublishedDenseNets() throws {
        let network = try NetworkCatalog.network(named: "densenet121")
        try check(network, note: "names of torchvision's published files") { name in
            guard name.contains(".denselayer") else { return name }
            return name.replacing(/\.(norm|conv)([12])\./) { ".\($0.output.1).\($0.output.2)." }
        }
    }

    @Test func whatFitsNeitherIsToldByTheNetworksOwnNames() throws {
        let network = try NetworkCatalog.network(named: "resnet18")
        let (file, remove) = try file(of: network) { $0.replacing("layer4.1.bn2", with: "layer4.1.norm2") }
        defer { remove() }
        #expect { _ = try file.fitted(to: network) } throws: { "\($0)".contains("layer4.1.bn2") }
    }
}
