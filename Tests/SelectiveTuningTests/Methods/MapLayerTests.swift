import SelectiveTuning
import Testing

/// `--map-layer`: what may be asked for, and what is said else.
@Suite struct MapLayerTests {
    private func problem(_ network: Network, _ layer: String) -> String? {
        let options = LocalizationOptions(method: .gradcam, mapLayer: layer)
        do {
            try options.check(network)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("alexnet", "pool3"), ("vgg16", "pool5"), ("googlenet", "inception5b"), ("squeezenet1_1", "classifier.1"),
        ("resnet50", "layer4.2"), ("mobilenet_v2", "features.18.0"), ("densenet121", "features.norm5"),
        ("efficientnet_lite0", "_conv_head"), ("inception_v3", "Mixed_7c"),
    ])
    func theDefaultIsTheLastFeatureMap(name: String, layer: String) throws {
        let network = try NetworkCatalog.network(named: name)
        #expect(network.lastFeatureMap == layer)
        #expect(problem(network, layer) == nil)
    }

    /// Every network of the catalogue has one, and it is where class activation maps are where those exist.
    @Test func everyNetworkHasOne() throws {
        for name in NetworkCatalog.names {
            let network = try NetworkCatalog.network(named: name)
            let layer = try #require(network.lastFeatureMap)
            #expect(problem(network, layer) == nil, "\(name)")
            guard let place = try? ClassActivation(network) else { continue }
            #expect(network.layers[place.features - 1].name == layer, "\(name)")
        }
    }

    @Test func whatCannotBeMappedIsRefusedWithWhatCan() {
        #expect(
            problem(.alexnet, "features.1O")
                == "network alexnet, map layer \"features.1O\": there is no such layer: expected one with a feature map, as "
                + "pool3; did you mean features.10?")
        #expect(
            problem(.alexnet, "classifier.1")
                == "network alexnet, map layer \"classifier.1\": its output is 1x1x4096: expected one with a feature map, as pool3"
        )
        #expect(problem(.alexnet, "image")?.contains("there is no such layer") == true)
        // Its sum overwrites the branch, and the normalisation the sum.
        let modern = TestNetworks.modern
        #expect(
            problem(modern, "across")
                == "network modern, map layer \"across\": three writes its output over this one's: ask for --map-layer three"
        )
        for layer in modern.layers.map(\.name) where !TestNetworks.overwritten["modern"]!.contains(layer) {
            #expect((problem(modern, layer) == nil) == !["g", "f"].contains(layer), "\(layer)")
        }
    }

    @Test func aLayerThatNoScoreDependsOnIsRefused() {
        var network = TestNetworks.chain
        network.layers.insert(
            Layer("aside", .convolution(.init(outputs: 4, kernel: 1)), from: ["pool1"]), at: 2)
        #expect(problem(network, "aside")?.contains("no class's score depends on it") == true)
        #expect(problem(network, "pool1") == nil)
    }

    @Test func aNetworkWithoutAFeatureMapIsRefused() {
        let network = Network(
            name: "flat", inputSize: 8, normalization: .imagenet,
            layers: [Layer("f", .linear(.init(outputs: 3, rectifier: .none)), from: ["image"])],
            readOuts: [.init(name: "image", layer: "image")])
        #expect(throws: NetworkError.self) { try LocalizationOptions(method: .gradcam).check(network) }
        // The picture is one.
        #expect(throws: Never.self) { try LocalizationOptions(method: .gradient).check(network) }
    }
}
