import Foundation
import SelectiveTuning
import Testing

@Suite struct GoldenWeightTests {
    @Test("Every value that PyTorch wrote is read back to the bit", arguments: GoldenWeights.expected.keys.sorted())
    func exactValues(file: String) throws {
        let expected = try #require(GoldenWeights.expected[file])
        let weights = try WeightFile.open(path: GoldenWeights.path(file))
        #expect(weights.names == expected.keys.sorted())
        for (name, tensor) in expected {
            #expect(weights.shape(of: name) == tensor.shape)
            #expect(weights.dataType(of: name)?.rawValue == tensor.dtype)
            if let values = tensor.values {
                let found = try weights.tensor(name, expecting: tensor.shape)
                #expect(found.map(\.bitPattern) == values, "\(file): \(name)")
            } else {
                let error = #expect(throws: WeightError.self) { try weights.tensor(name, expecting: tensor.shape) }
                let text = "tensor \"\(name)\": found \(tensor.dtype) elements, expected float32"
                #expect(error?.description.contains(text) == true)
            }
        }
    }

    @Test("The mapped file's own bytes are lent where they are aligned float32 in order, and only there")
    func mappedFloats() throws {
        let weights = try WeightFile.open(path: GoldenWeights.path("types.safetensors"))
        let expected = try #require(GoldenWeights.expected["types.safetensors"])
        for name in ["float32", "scalar", "transposed"] {
            let lent = try weights.withMappedFloats(name, expecting: expected[name]!.shape) { $0.map(\.bitPattern) }
            #expect(lent == expected[name]?.values)
        }
        for name in ["float16", "float64", "empty"] {
            #expect(try weights.withMappedFloats(name, expecting: expected[name]!.shape) { $0.count } == nil)
        }
        #expect(throws: WeightError.self) { try weights.withMappedFloats("mask", expecting: [2]) { $0.count } }
        #expect(throws: WeightError.self) { try weights.withMappedFloats("scalar", expecting: [1]) { $0.count } }

        let unaligned = try WeightFile.open(path: GoldenWeights.path("unaligned.safetensors"))
        #expect(try unaligned.withMappedFloats("x", expecting: [3]) { $0.count } == nil)
        let strided = try WeightFile.open(path: GoldenWeights.path("zip.pth"))
        #expect(try strided.withMappedFloats("base", expecting: [4, 5]) { $0.count } == 20)
        #expect(try strided.withMappedFloats("transposed", expecting: [5, 4]) { $0.count } == nil)
    }

    @Test("Values survive the release of their pages")
    func releasedPages() throws {
        let weights = try WeightFile.open(path: GoldenWeights.path("types.safetensors"))
        let before = try weights.tensor("float32", expecting: [3, 2, 2, 2])
        weights.releasePages()
        #expect(try weights.tensor("float32", expecting: [3, 2, 2, 2]) == before)
    }

    @Test("A missing tensor's error names the closest ones, a wrong shape's what was found and expected")
    func requestErrors() throws {
        let weights = try WeightFile.open(path: GoldenWeights.path("module.pth"))
        let missing = #expect(throws: WeightError.self) { try weights.tensor("0.weigth", expecting: [4, 3]) }
        #expect(
            missing?.description
                == "\(weights.path): no tensor \"0.weigth\"; the closest names are \"0.weight\", \"1.weight\", \"0.bias\""
        )
        let shape = #expect(throws: WeightError.self) { try weights.tensor("0.weight", expecting: [3, 4]) }
        #expect(shape?.description == "\(weights.path): tensor \"0.weight\": found shape [4, 3], expected [3, 4]")
    }

    @Test("The digest and the metadata are the file's")
    func identity() throws {
        let weights = try WeightFile.open(path: GoldenWeights.path("types.safetensors"))
        #expect(weights.metadata == ["format": "pt", "note": "\u{fc} \"quoted\"\n"])
        #expect(try WeightFile.open(path: GoldenWeights.path("zip.pth")).metadata.isEmpty)
        let unaligned = try WeightFile.open(path: GoldenWeights.path("unaligned.safetensors"))
        #expect(unaligned.sha256() == "1f5e2b956521febc9afaf97c31b9160b0ad4748a9c6330a52abcfa31a5ab7209")
    }

    @Test(
        "Files without a state dict are refused by name",
        arguments: [
            ("only_module.pth", "holds an object of `torch.nn.modules.container.Sequential`, expected a state dict"),
            ("torchscript.pth", "refused TorchScript archive at byte "),
            ("bzip2.pth", "compressed by method 12 at byte "),
        ])
    func refusals(file: String, text: String) throws {
        let error = try #require(openingError(GoldenWeights.path(file)))
        #expect(error.contains(text), "\(error)")
        #expect(error.hasPrefix(GoldenWeights.path(file) + ": "))
    }

    @Test(
        "What is asked for as a tensor and is none is called what it is",
        arguments: [
            ("evil.pth", "evil", "is what `posix.system` makes"),
            ("whole_module.pth", "model", "is an object of `torch.nn.modules.container.Sequential`"),
            ("namespace.pth", "args", "is an object of `argparse.Namespace`"),
            ("namespace.pth", "history", "_reconstruct` makes"),
            ("namespace.pth", "cls", "is `torch.nn.modules.linear.Linear`"),
            ("known.pth", "quantized", "is what `torch._utils._rebuild_qtensor` makes"),
            ("known.pth", "sparse", "is what `torch._utils._rebuild_sparse_tensor` makes"),
            ("known.pth", "meta", "is what `torch._utils._rebuild_meta_tensor_no_storage` makes"),
            ("known.pth", "dtype", "is `torch.float16`"), ("known.pth", "large", "is an int"),
            ("conjugated.pth", "weight", "is a tensor with metadata (conjugated or negated)"),
        ])
    func noTensors(file: String, name: String, text: String) throws {
        let weights = try WeightFile.open(path: GoldenWeights.path(file))
        let error = #expect(throws: WeightError.self) { try weights.tensor(name, expecting: [1]) }
        #expect(error?.description.hasPrefix("\(weights.path): \"\(name)\" ") == true)
        #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    }
}
