import SelectiveTuning
import Testing

/// A second read-out in the same pass, for the class-hypothesis map.
@Suite struct SecondMapTests {
    private struct TwoPasses: Backend {
        let inner: CPUBackend
        var network: Network { inner.network }
        var device: String { inner.device }
        var batchCapacity: Int { inner.batchCapacity }
        var precision: Precision { inner.precision }

        func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision) throws(NetworkError)
            -> [Finding]
        {
            try inner.evaluate(pictures, options: options, precision: precision)
        }
    }

    private func entries(_ map: ReadOutMap?) -> [ReadOutMap.Entry]? { map?.entries.sorted { $0.index < $1.index } }

    @Test(arguments: [TestNetworks.branched, TestNetworks.chain])
    func isTheMapOfThatReadOutAndChangesNothingElse(network: Network) throws {
        let backend = try CPUBackend(
            network: network, source: RandomTensors(seed: 9), pool: try ThreadPool(threads: 2), batch: 3)
        let pictures = (0..<3).map {
            Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: $0 + 40), label: 1)
        }
        for box in network.readOuts.map(\.name) {
            let options = LocalizationOptions(readOut: box)
            let alone = try backend.evaluate(pictures, options: options)
            #expect(alone.allSatisfy { $0.hypothesis == nil })
            for second in network.readOuts.map(\.name) {
                let expected = try backend.evaluate(pictures, options: LocalizationOptions(readOut: second))
                let both = try backend.evaluate(pictures, options: options, precision: .exact, mapReadOut: second)
                let twice = try TwoPasses(inner: backend).evaluate(
                    pictures, options: options, precision: .exact, mapReadOut: second)
                for place in pictures.indices {
                    #expect(entries(both[place].hypothesis) == entries(expected[place].map))
                    #expect(entries(twice[place].hypothesis) == entries(expected[place].map))
                    for found in [both[place], twice[place]] {
                        #expect(entries(found.map) == entries(alone[place].map))
                        #expect(found.box == alone[place].box && found.droppedMass == alone[place].droppedMass)
                        #expect(found.ties == alone[place].ties && found.ineligible == alone[place].ineligible)
                    }
                }
            }
            #expect(throws: NetworkError.self) {
                try backend.evaluate(pictures, options: options, precision: .exact, mapReadOut: "nowhere")
            }
        }
    }

    /// Cells 8 pixels apart, as section 10 of the method has them for AlexNet.
    @Test(arguments: [
        ("alexnet", "pool1"), ("alexnet-caffe", "pool1"), ("vgg16", "pool3"), ("googlenet", "pool2"),
        ("googlenet-caffe", "pool2"), ("squeezenet1_0", "pool4"), ("squeezenet1_1", "pool3"),
        ("squeezenet1_0-caffe", "pool4"), ("squeezenet1_1-caffe", "pool3"),
    ])
    func everyNetworkHasAReadOutForMaps(name: String, readOut: String) throws {
        #expect(try NetworkCatalog.network(named: name).ownReadOut() == readOut)
    }

    @Test func aNetworkWithoutReadOutsHasThePicture() throws {
        var network = TestNetworks.chain
        network.readOuts = [.init(name: Network.image, layer: Network.image)]
        #expect(try network.ownReadOut() == "image")
    }
}
