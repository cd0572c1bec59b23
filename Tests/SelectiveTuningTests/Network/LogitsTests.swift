import Foundation
import SelectiveTuning
import Testing

/// The outputs of every network of the catalogue against those of PyTorch and ONNX Runtime, recorded by
/// Golden/make_logits.py with the project's seeded weights.
@Suite struct LogitsTests {
    private struct Seeded: TensorSource {
        let tensors: [String: TensorSpecification]

        func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
            SeededWeights.fill(seed: 1, try #require(tensors[name], "\(name)"))
        }
    }

    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/logits.safetensors").path

    @Test(arguments: NetworkCatalog.names)
    func outputsAreThePeersWithinATenThousandth(name: String) throws {
        let network = try NetworkCatalog.network(named: name)
        let tensors = Dictionary(uniqueKeysWithValues: try network.tensors().map { ($0.name, $0) })
        let backend = try CPUBackend(
            network: network, source: Seeded(tensors: tensors), pool: try ThreadPool(threads: 2), batch: 1)
        backend.forwardOnly([Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: 1), label: 0)])
        let outputs = backend.outputs(image: 0)
        let golden = try WeightFile.open(path: Self.golden)
        for peer in ["torch", "onnxruntime"] {
            let expected = try golden.tensor("\(name).\(peer)", expecting: [1000])
            let largest = expected.map(abs).max()!
            #expect(largest > 1, "the test must not be empty")
            let difference = zip(outputs, expected).map { abs($0 - $1) }.max()! / largest
            #expect(difference < 1e-4, "\(peer): \(difference) of the largest output")
        }
    }
}
