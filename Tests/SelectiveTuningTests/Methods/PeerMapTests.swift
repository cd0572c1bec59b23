import Foundation
import SelectiveTuning
import Testing

/// The maps of networks of the catalogue against grad-cam's and PyTorch's, recorded by Golden/make_maps.py with the project's
/// seeded weights.
@Suite struct PeerMapTests {
    private struct Seeded: TensorSource {
        let tensors: [String: TensorSpecification]

        func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
            SeededWeights.fill(seed: 1, try #require(tensors[name], "\(name)"))
        }
    }

    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/maps.safetensors").path

    /// Of a network's maps, by layer and method.
    private static let places: [(network: String, layers: [String])] = [
        ("alexnet", ["", "features.10"]), ("vgg11", ["", "features.16"]), ("squeezenet1_1", [""]),
        ("googlenet", ["", "inception4e"]), ("resnet18", ["", "layer3.1"]), ("mobilenet_v2", [""]),
        ("efficientnet_lite0", [""]),
    ]
    private static let guided: Set<String> = ["alexnet", "vgg11", "squeezenet1_1", "resnet18"]

    private func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
        let (x, y) = (a.map { $0 - meanA }, b.map { $0 - meanB })
        func dot(_ p: [Double], _ q: [Double]) -> Double { zip(p, q).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
    }

    private func dense(_ map: ReadOutMap) -> [Double] {
        var values = [Double](repeating: 0, count: map.width * map.height)
        for entry in map.entries { values[Int(entry.index)] = Double(entry.value) }
        return values
    }

    @Test(arguments: places) func mapsAreThePeers(network name: String, layers: [String]) throws {
        let network = try NetworkCatalog.network(named: name)
        let tensors = Dictionary(uniqueKeysWithValues: try network.tensors().map { ($0.name, $0) })
        let backend = try CPUBackend(
            network: network, source: Seeded(tensors: tensors), pool: try ThreadPool(threads: 2), batch: 1)
        let golden = try WeightFile.open(path: Self.golden)
        let label = Int(try golden.tensor("\(name)/label", expecting: [1])[0])
        let picture = Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: 1), label: label)
        let shapes = try network.shapes()
        let box = BoxOptions(prune: .none, rule: .component, componentBlur: 0)
        backend.forwardOnly([picture])
        func found(_ method: LocalizationMethod, _ layer: String?) throws -> Finding {
            try backend.topDownOnly(
                [picture], options: LocalizationOptions(method: method, mapLayer: layer, box: box))[0]
        }
        for layer in layers {
            let shape = shapes[network.activation(named: layer.isEmpty ? network.lastFeatureMap! : layer)!]
            for method in [LocalizationMethod.gradcam, .hirescam, .layercam] {
                let peer = try golden.tensor(
                    "\(name)/\(layer)/\(method.rawValue)", expecting: [shape.height, shape.width]
                ).map(Double.init)
                // Enlarged as ours is: the peer enlarges otherwise.
                let expected = AttributionMap(width: shape.width, height: shape.height, values: peer).gating(
                    inputSize: network.inputSize)
                let ours = try found(method, layer.isEmpty ? nil : layer)
                let agreement = correlation(dense(ours.map!), dense(expected))
                #expect(agreement > 0.9999, "\(layer) \(method)")
                let theirs = localize(map: expected, options: box, readOut: .image, inputSize: network.inputSize)
                #expect(ours.box == theirs.box && ours.isEmpty == theirs.isEmpty, "\(layer) \(method)")
            }
        }
        for method in [LocalizationMethod.gradient] + (Self.guided.contains(name) ? [.guided] : []) {
            let side = (network.inputSize - 8 + 15) / 16
            let peer = try golden.tensor("\(name)//\(method.rawValue)", expecting: [side, side]).map(Double.init)
            let ours = dense(try found(method, nil).map!)
            let sampled = (0..<side * side).map {
                ours[($0 / side * 16 + 8) * network.inputSize + $0 % side * 16 + 8]
            }
            #expect(correlation(sampled, peer) > 0.9999, "\(method)")
        }
    }
}
