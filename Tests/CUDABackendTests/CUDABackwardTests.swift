import SelectiveTuning
import Testing

/// The backward pass on an emulated device against the CPU's, bit for bit.
@Suite struct CUDABackwardTests {
    private func cpu(_ network: Network) throws -> CPUBackend {
        try CPUBackend(network: network, source: try SeededTensors(network), pool: try ThreadPool(threads: 1), batch: 8)
    }

    private func gpu(_ network: Network, _ driver: EmulatedDriver, batch: Int? = 8) throws -> CUDABackend {
        try CUDABackend(
            network: network, source: try SeededTensors(network), device: try driver.device(),
            pool: try ThreadPool(threads: 1), batch: batch)
    }

    @Test(arguments: CUDABackendTests.networks, [RectifierGradient.plain, .guided])
    func everyGradientHasTheBitsOfTheCPU(network: Network, rectifier: RectifierGradient) throws {
        let pictures = try SmallNetworks.pictures(network, 4)
        let cpu = try cpu(network)
        let gpus = try Way.allCases.map { try gpu(network, EmulatedDriver(["LAZY": 1], $0)) }
        for gpu in gpus { _ = try gpu.evaluate(pictures, options: LocalizationOptions()) }
        cpu.forwardOnly(pictures)
        let classes = [1, 3, 0, 5]
        for layer in [Network.image] + network.layers.map(\.name) {
            let expected = try #require(try cpu.gradients(of: classes, by: layer, rectifier: rectifier))
            for gpu in gpus {
                let found = try #require(try gpu.gradients(of: classes, by: layer, rectifier: rectifier))
                #expect(found.map { $0.map(\.bitPattern) } == expected.map { $0.map(\.bitPattern) }, "\(layer)")
            }
            if layer == Network.image {
                #expect(expected.joined().contains { $0 != 0 }, "the test must not be empty")
            }
        }
    }

    @Test(arguments: [
        ("alexnet", 63), ("vgg16", 32), ("googlenet", 64), ("squeezenet1_1", 67), ("alexnet-caffe", 67),
        ("googlenet-caffe", 64), ("resnet50", 64), ("vgg16-gap", 32), ("mobilenet_v2", 64),
        ("efficientnet_lite0", 64), ("inception_v3", 107), ("densenet121", 64),
    ])
    func everyNetworkOfTheCatalogueGivesTheSame(name: String, side: Int) throws {
        let network = try SmallNetworks.shrunk(
            name, side: side, by: name.hasPrefix("squeeze") || name.hasPrefix("mobile") ? 4 : 16)
        let pictures = try SmallNetworks.pictures(network, 2)
        let cpu = try cpu(network)
        let gpus = try Way.allCases.map { try gpu(network, EmulatedDriver(["LAZY": 1], $0)) }
        for gpu in gpus { _ = try gpu.evaluate(pictures, options: LocalizationOptions()) }
        cpu.forwardOnly(pictures)
        let classes = (0..<2).map { image in
            let outputs = cpu.outputs(image: image)
            return outputs.firstIndex(of: outputs.max()!)!
        }
        let expected = try #require(try cpu.gradients(of: classes, by: Network.image))
        for gpu in gpus {
            let found = try #require(try gpu.gradients(of: classes, by: Network.image))
            #expect(found.map { $0.map(\.bitPattern) } == expected.map { $0.map(\.bitPattern) })
        }
        #expect(expected.joined().contains { $0 != 0 }, "the test must not be empty")
    }

    /// What is said to be taken is taken, and given back; with less memory chunks are smaller, and no bit changes.
    @Test func memoryIsCountedAndShortMemoryMeansSmallChunks() throws {
        let network = SmallNetworks.branched
        let pictures = try SmallNetworks.pictures(network, 4)
        let driver = try EmulatedDriver()
        let gpu = try gpu(network, driver)
        _ = try gpu.evaluate(pictures, options: LocalizationOptions())
        let before = driver.count("allocated")
        let expected = try #require(try gpu.gradients(of: [0, 1, 2, 3], by: Network.image))
        #expect(driver.count("allocated") == before)
        let need = try #require(try gpu.gradientMemory(by: Network.image, chunk: 4))
        #expect(driver.count("peak") == before + need)
        for chunk in [1, 2] {
            let room = before + (try #require(try gpu.gradientMemory(by: Network.image, chunk: chunk)))
            let short = try EmulatedDriver(["MEMORY": room])
            let small = try self.gpu(network, short)
            _ = try small.evaluate(pictures, options: LocalizationOptions())
            if small.atOnce == gpu.atOnce {
                #expect(short.count("allocated") == before)
                #expect(try small.gradients(of: [0, 1, 2, 3], by: Network.image) == expected, "\(chunk)")
                #expect(short.count("peak") == room)
            }
        }
    }

    /// Two batches are in flight; the maps of one method after those of another.
    @Test(arguments: CUDABackendTests.networks, [ClassSource.label, .predicted])
    func mapsOfEveryGradientMethodAreTheCPUs(network: Network, start: ClassSource) throws {
        let pictures = try SmallNetworks.pictures(network, 5)
        let cpu = try cpu(network)
        let gpus = try Way.allCases.map { try gpu(network, EmulatedDriver(["LAZY": 1], $0), batch: 4) }
        for method in [LocalizationMethod.gradcam, .hirescam, .layercam, .gradient, .guided, .gradcam, .stnet] {
            let options = LocalizationOptions(
                method: method, classSource: start, box: BoxOptions(prune: .none, rule: .mass))
            let expected = try cpu.evaluate(pictures, options: options).map(FindingBits.init)
            for gpu in gpus {
                #expect(try gpu.found(pictures, options: options) == expected, "\(method)")
            }
            // A label without evidence has no gating.
            #expect(method == .stnet || expected.contains { !$0.entries.isEmpty }, "the test must not be empty")
        }
    }

    /// While gradients are made, too, at every place of the run once.
    @Test func memoryThatRunsOutMeansHalfTheBatch() throws {
        let network = SmallNetworks.branched
        let pictures = try SmallNetworks.pictures(network, 6)
        let options = LocalizationOptions(method: .gradcam, mapLayer: "p1")
        let expected = try cpu(network).evaluate(pictures, options: options).map(FindingBits.init)
        for launch in [1, 17, 25, 40, 60] {
            let driver = try EmulatedDriver(["OUT_OF_MEMORY_AT": launch, "LAZY": 1])
            let gpu = try gpu(network, driver)
            #expect(try gpu.found(pictures, options: options) == expected)
            #expect(gpu.atOnce == 2, "after launch \(launch)")
        }
    }
}
