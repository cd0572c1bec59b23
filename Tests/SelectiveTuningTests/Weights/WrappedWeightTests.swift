import Bytes
import Foundation
import SelectiveTuning
import Testing

/// Golden/wrapped: the weights of one small network, saved in the ways of training scripts.
@Suite struct WrappedWeightTests {
    private static let network: Network = {
        let path = GoldenWeights.path("wrapped/network.json")
        let text = try! String(contentsOf: URL(filePath: path), encoding: .utf8)
        return try! Network(json: try! JSON.parse(text, source: path), source: path)
    }()

    private func open(_ name: String) throws -> WeightFile {
        try WeightFile.open(path: GoldenWeights.path("wrapped/\(name)"))
    }

    @Test(
        "What training scripts put around a network's names is left out, and that is said",
        arguments: [
            ("plain.pth", nil), ("beside.pth", nil),
            ("module.pth", "\"module.\" is left out of their names"),
            ("features_module.pth", "\"module.\" behind \"features.\" is left out of their names"),
            ("orig_mod.pth", "\"_orig_mod.\" is left out of their names"),
            ("module_orig_mod.pth", "are those of \"model\"; \"module._orig_mod.\" is left out of their names"),
            ("orig_mod_module.pth", "\"_orig_mod.module.\" is left out of their names"),
            ("classifier_orig_mod.pth", "\"_orig_mod.\" behind \"classifier.\" is left out of their names"),
            (
                "pieces.pth",
                "\"_orig_mod.\" behind \"features.2.\" and \"module.\" behind \"classifier.1.\" (and 1 more) are left out"
            ),
            ("lightning.pth", "are those of \"state_dict\"; \"model.\" is left out of their names"),
            ("backbone.pth", "\"backbone.body.\" is left out of their names"),
            ("net.pth", "the tensors are those of \"net\""), ("weights.pth", "the tensors are those of \"weights\""),
            ("nested.pth", "are those of \"state.model\"; \"module.\" is left out of their names"),
            ("parts.pth", nil), ("tuple.pth", "the tensors are those of \"1\""),
            ("average.pth", "are those of \"averaged_model\"; \"module.\" is left out"),
            ("aliases.pth", "the tensors are those of \"model\""),
            ("two_widths.pth", "the tensors are those of \"other\""),
            ("module.safetensors", "\"module.\" is left out of their names"),
            ("orig_mod.safetensors", "\"_orig_mod.\" is left out of their names"),
            ("features_module.safetensors", "\"module.\" behind \"features.\" is left out of their names"),
            ("net.safetensors", "\"model.net.\" and \"head.\" behind \"classifier.\" are left out of their names"),
        ] as [(String, String?)])
    func wrapped(file: String, note: String?) throws {
        let plain = try #require(GoldenWeights.expected["wrapped/plain.pth"])
        let weights = try open(file)
        let said = try weights.check(for: Self.network)
        if let note {
            #expect(
                said?.hasPrefix("\(weights.path): ") == true && said?.contains(note) == true, "\(said ?? "nothing")")
        } else {
            #expect(said == nil)
        }
        let source = try weights.fitted(to: Self.network)
        for (name, tensor) in plain {
            #expect(try source.tensor(name, expecting: tensor.shape).map(\.bitPattern) == tensor.values, "\(name)")
            let lent = try source.withTensor(name, expecting: tensor.shape) { $0.map(\.bitPattern) }
            #expect(lent == tensor.values)
        }
    }

    @Test("Both backends' reader finds the wrapped names: the outputs are the plain file's")
    func outputs() throws {
        let network = Self.network
        let picture = Picture(pixels: (0..<4 * 4 * 3).map { UInt8(truncatingIfNeeded: $0 * 37) }, label: 0)
        func outputs(_ name: String) throws -> [Float] {
            let backend = try CPUBackend(
                network: network, source: try open(name), pool: ThreadPool(threads: 1), batch: 1)
            backend.forwardOnly([picture])
            return backend.outputs(image: 0)
        }
        let plain = try outputs("plain.pth")
        #expect(try outputs("features_module.pth") == plain)
        #expect(try outputs("net.safetensors") == plain)
    }

    @Test(
        "Where no choice fits, or two do, the error names the file once, the tensor and what to do",
        arguments: [
            (
                "model_and_ema.pth",
                "the tensors of tiny are there 2 times, under \"model\" and \"model_ema.module\": put one of them into a "
                    + "file of its own: stnet-tool choose-weights --under model"
            ),
            (
                "teacher.pth",
                "the tensors of tiny are there 2 times, under \"student\" and \"teacher\": put one of them into a file of "
                    + "its own: stnet-tool choose-weights --under student"
            ),
            (
                "adapted.pth",
                "no tensor \"features.0.weight\" (2 of the 6 of tiny are missing); the closest names are "
                    + "\"features.2.weight\", \"features.2.bias\", \"features.0.lora_A.weight\""
            ),
            (
                "normed.pth",
                "no tensor \"features.0.weight\" (1 of the 6 of tiny is missing); the closest names are "
                    + "\"features.2.weight\", \"features.0.bias\", \"features.2.bias\""
            ),
            (
                "ten_classes.pth",
                "tensor \"model.classifier.1.weight\": found shape [10, 48], expected [2, 48]: weights for 10 classes, tiny has 2; "
                    + "give --network a description with \"out\": 10 (stnet-tool describe) and \"classes\" of its own"
            ),
            (
                "features_only.pth",
                "no tensor \"classifier.1.weight\" (2 of the 6 of tiny are missing); the closest names are "
                    + "\"features.0.weight\", \"features.2.weight\", \"features.0.bias\""
            ),
            (
                "integers.pth",
                "tensor \"features.0.weight\": found int32 elements, expected float32, float16, bfloat16 or float64"
            ),
            (
                "quantized.pth",
                "\"features.0.weight\" is what `torch._utils._rebuild_qtensor` makes, expected a tensor of "
                    + "floating-point numbers"
            ),
            (
                "numpy.pth",
                "\"features.0.weight\" is what `numpy._core.multiarray._reconstruct` makes, expected a tensor of "
                    + "floating-point numbers"
            ),
        ])
    func misfits(file: String, text: String) throws {
        let weights = try open(file)
        for reading in [{ _ = try weights.check(for: Self.network) }, { _ = try weights.fitted(to: Self.network) }] {
            let error = #expect(throws: WeightError.self, performing: reading)
            #expect(error?.description == "\(weights.path): \(text)")
        }
    }

    @Test("One of several is chosen by what stands before its names")
    func chosen() throws {
        let file = try open("model_and_ema.pth")
        let plain = try #require(GoldenWeights.expected["wrapped/plain.pth"])
        let bias = try #require(plain["features.0.bias"]?.values).map { Float(bitPattern: $0) }
        for (under, factor) in [("model", 1), ("model_ema", 2), ("model_ema.module", 2)] as [(String, Float)] {
            let source = try file.fitted(to: Self.network, under: under)
            #expect(try source.tensor("features.0.bias", expecting: [2]) == bias.map { $0 * factor })
        }
        let error = #expect(throws: WeightError.self) { try file.fitted(to: Self.network, under: "mod") }
        #expect(error?.description.contains("under \"model\" and \"model_ema.module\"") == true)
    }

    @Test("Weights of another network of the catalogue name it, in any wrapping")
    func otherNetwork() throws {
        let folder = try TemporaryFolder()
        let needed = try Network.squeezenet11Caffe.tensors()
        for prefix in ["", "module.net."] {
            let path = folder.path("caffe.safetensors")
            try SafetensorsWriter.write(path: path, tensors: needed.map { (prefix + $0.name, $0.shape) }) { _, shape in
                [Float](repeating: 0, count: shape.reduce(1, *))
            }
            let weights = try WeightFile.open(path: path)
            for network in [Network.squeezenet11, .googlenet, .squeezenet10Caffe] {
                let error = #expect(throws: WeightError.self) { try weights.check(for: network) }
                let text = error?.description ?? ""
                #expect(text.hasPrefix("\(path): ") && text.contains(" for \(network.name); its tensors fit "))
                #expect(text.hasSuffix(": --network squeezenet1_1-caffe"), "\(text)")
            }
        }
        let tiny = #expect(throws: WeightError.self) { try open("plain.pth").check(for: .alexnetCaffe) }
        #expect(tiny?.description.contains("none of the tensors of alexnet-caffe (such as \"conv1.weight\")") == true)
    }
}
