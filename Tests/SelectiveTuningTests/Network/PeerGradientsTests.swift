import Foundation
import SelectiveTuning
import Testing

/// Gradients by the picture and by the last feature map against PyTorch's autograd in float64, recorded by
/// Golden/make_gradients.py over small pictures whose gradients do not hang on rounding.
@Suite struct PeerGradientsTests {
    private struct Seeded: TensorSource {
        let tensors: [String: TensorSpecification]

        func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
            SeededWeights.fill(seed: 1, try #require(tensors[name], "\(name)"))
        }
    }

    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/gradients.safetensors").path

    /// `key`: of the network in the file. `source`: of the network with its input's size changed.
    private func check(_ network: Network, key: String, source: (Network) throws -> any TensorSource) throws {
        let golden = try WeightFile.open(path: Self.golden)
        let facts = try golden.tensor("\(key).image", expecting: [68])[65...].map { Int($0) }
        let (index, side, seed) = (facts[0], facts[1], facts[2])
        var network = network
        network.inputSize = side
        let shapes = try network.shapes()
        let features = network.layers[shapes.dropFirst().lastIndex { $0.height > 1 || $0.width > 1 }! - 1].name
        let backend = try CPUBackend(
            network: network, source: try source(network), pool: try ThreadPool(threads: 2), batch: 1)
        backend.forwardOnly([Picture(pixels: TestNetworks.picture(side: side, seed: seed), label: 0)])
        for (place, layer) in [("image", Network.image), ("features", features)] {
            let expected = try golden.tensor("\(key).\(place)", expecting: [68])
            let largest = expected[64]
            #expect(largest > 0, "the test must not be empty")
            let gradient = try #require(try backend.gradients(of: [index], by: layer))[0]
            let samples = (0..<64).map { gradient[$0 * 2_654_435_761 % gradient.count] }
            let difference = zip(samples, expected).map { abs($0 - $1) }.max()! / largest
            #expect(difference < 1e-5, "\(place): \(difference) of the largest element")
            let found = gradient.map(abs).max()!
            #expect(abs(found - largest) / largest < 1e-5, "\(place): the largest is \(found), expected \(largest)")
        }
    }

    @Test(arguments: NetworkCatalog.names)
    func ofSeededWeightsAreThePeers(name: String) throws {
        try check(try NetworkCatalog.network(named: name), key: name) { network in
            Seeded(tensors: Dictionary(uniqueKeysWithValues: try network.tensors().map { ($0.name, $0) }))
        }
    }

    /// They are no part of this package: see the variable STNET_DATA.
    @Test func ofTrainedWeightsAreThePeers() throws {
        let package = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let folder =
            ProcessInfo.processInfo.environment["STNET_DATA"].map { URL(filePath: $0) }
            ?? package.appending(path: "../shared/data")
        let path = folder.appending(path: "weights/efficientnet-lite0/efficientnet-lite0-57934424.pth").path
        guard FileManager.default.fileExists(atPath: path) else {
            print("skipped: no \(path) (STNET_DATA)")
            return
        }
        let name = "efficientnet_lite0"
        try check(try NetworkCatalog.network(named: name), key: "\(name).real") { _ in try WeightFile.open(path: path) }
    }
}
