import SelectiveTuning
import Testing

/// The backend on an emulated device against the CPU's, bit for bit.
@Suite struct CUDABackendTests {
    static let networks = [SmallNetworks.chain, SmallNetworks.branched, SmallNetworks.modern]
    static let choices: [TopDownOptions] = [
        TopDownOptions(), TopDownOptions(selection: .strict, linearOffset: 0, bridgeOffset: 5),
        TopDownOptions(linearMode: .maximum, bridgeMode: .all, oneByOne: .ladder),
        TopDownOptions(selection: .strict, linearMode: .all, bridgeMode: .maximum, residual: .winner),
        TopDownOptions(oneByOne: .ladder, residual: .branch),
    ]

    private func cpu(_ network: Network) throws -> CPUBackend {
        try CPUBackend(network: network, source: try SeededTensors(network), pool: try ThreadPool(threads: 1), batch: 8)
    }

    private func gpu(_ network: Network, _ driver: EmulatedDriver, batch: Int? = 4) throws -> CUDABackend {
        try CUDABackend(
            network: network, source: try SeededTensors(network), device: try driver.device(),
            pool: try ThreadPool(threads: 1), batch: batch)
    }

    @Test(arguments: networks, [0, 1, 2]) func everyActivationHasTheBitsOfTheCPU(network: Network, lazy: Int) throws {
        let pictures = try SmallNetworks.pictures(network, 3)
        let cpu = try cpu(network)
        cpu.forwardOnly(pictures)
        for way in Way.allCases {
            let gpu = try gpu(network, EmulatedDriver(["LAZY": lazy], way), batch: 6)
            _ = try gpu.evaluate(pictures, options: LocalizationOptions())
            var compared = 0
            for layer in [Network.image] + network.layers.map(\.name) {
                for image in pictures.indices {
                    let found = try gpu.activations(of: layer, image: image)?.map(\.bitPattern)
                    let expected = cpu.activations(of: layer, image: image)?.map(\.bitPattern)
                    #expect(found == expected, "\(way): \(layer), \(image)")
                    compared += found == nil ? 0 : 1
                }
            }
            // All but the one or two that are written over.
            #expect(compared >= 3 * (network.layers.count - 1))
        }
    }

    /// Two batches are in flight; in the lazy driver whatever no event orders is done in the wrong order.
    @Test(arguments: networks, choices) func everyRuleFindsWhatTheCPUFinds(network: Network, rules: TopDownOptions)
        throws
    {
        let cpu = try cpu(network)
        let gpus = try Way.allCases.map { try gpu(network, EmulatedDriver(["LAZY": 1], $0)) }
        // A class without evidence has no gating to compare: of most pictures, the best one.
        let found = try cpu.evaluate(SmallNetworks.pictures(network, 5), options: LocalizationOptions())
        let pictures = zip(try SmallNetworks.pictures(network, 5), found).enumerated().map { number, pair in
            Picture(pixels: pair.0.pixels, label: number == 2 ? pair.0.label : pair.1.top5[0])
        }
        for readOut in network.readOuts.map(\.name) {
            let options = LocalizationOptions(readOut: readOut, topDown: rules)
            let expected = try cpu.evaluate(pictures, options: options).map(FindingBits.init)
            for gpu in gpus {
                #expect(try gpu.found(pictures, options: options) == expected, "\(readOut)")
            }
            #expect(expected.contains { !$0.entries.isEmpty }, "the test must not be empty")
        }
    }

    @Test(arguments: networks, [0, 1, 2]) func thePredictedClassIsWhereItStarts(network: Network, lazy: Int) throws {
        let pictures = try SmallNetworks.pictures(network, 5)
        let options = LocalizationOptions(
            classSource: .predicted, box: BoxOptions(rule: .mass))
        let expected = try cpu(network).evaluate(pictures, options: options).map(FindingBits.init)
        let gpu = try gpu(network, EmulatedDriver(["LAZY": lazy]))
        #expect(try gpu.found(pictures, options: options) == expected)
        // Once more: what the first call left behind changes nothing.
        #expect(try gpu.found(pictures, options: options) == expected)
    }

    /// With a fully connected layer above the pooling, and without.
    @Test(arguments: [ClassSource.label, .predicted], [true, false])
    func classActivationMapsAreTheCPUs(start: ClassSource, hasClassifier: Bool) throws {
        var network = SmallNetworks.branched
        if !hasClassifier {
            network.layers.removeLast()
            network.readOuts.removeLast()
        }
        let pictures = try SmallNetworks.pictures(network, 5)
        let options = LocalizationOptions(method: .cam, classSource: start, box: BoxOptions(prune: .none, rule: .mass))
        let expected = try cpu(network).evaluate(pictures, options: options).map(FindingBits.init)
        #expect(expected.contains { $0.entries.count > 100 }, "the test must not be empty")
        let gpu = try gpu(network, EmulatedDriver(["LAZY": 1]))
        let ptx = try self.gpu(network, EmulatedDriver(["LAZY": 1], .ptx))
        for gpu in [gpu, gpu, ptx] {
            #expect(try gpu.found(pictures, options: options) == expected)
        }
        // The other method's gating is clear again afterwards.
        let tuned = LocalizationOptions(classSource: start)
        let found = try cpu(network).evaluate(pictures, options: tuned).map(FindingBits.init)
        #expect(try gpu.found(pictures, options: tuned) == found)
    }

    @Test func noBatchSizeChangesABit() throws {
        let network = SmallNetworks.branched
        let pictures = try SmallNetworks.pictures(network, 7)
        let expected = try cpu(network).evaluate(Array(pictures), options: LocalizationOptions()).map(FindingBits.init)
        for batch in [1, 2, 3, 8] {
            let gpu = try gpu(network, EmulatedDriver(), batch: batch)
            #expect(gpu.batchCapacity == batch && gpu.atOnce == (batch + 1) / 2)
            #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected)
        }
    }

    @Test func everyTileGivesTheSame() throws {
        let network = SmallNetworks.chain
        let pictures = try SmallNetworks.pictures(network, 2)
        let expected = try cpu(network).evaluate(pictures, options: LocalizationOptions()).map(FindingBits.init)
        for way in Way.allCases {
            let driver = try EmulatedDriver([:], way)
            let gpu = try gpu(network, driver)
            for tile in CUDABackend.tiles {
                gpu.tile = tile
                #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected)
            }
            for tile in ["128x128", "128x64", "64x64", "32x32"] {
                #expect(driver.hasLaunched("ck_conv_\(tile)_vector") || driver.hasLaunched("ck_conv_\(tile)_scalar"))
            }
        }
    }

    @Test(arguments: [
        ("alexnet", 63), ("vgg16", 32), ("googlenet", 64), ("squeezenet1_0", 67), ("squeezenet1_1", 67),
        ("alexnet-caffe", 67), ("googlenet-caffe", 64), ("squeezenet1_0-caffe", 67), ("squeezenet1_1-caffe", 67),
        ("resnet18", 64), ("resnet50", 64), ("resnet50-stride1", 64), ("vgg11_bn", 32), ("vgg16-gap", 32),
        ("mobilenet_v1", 64), ("mobilenet_v2", 64), ("efficientnet_lite0", 64), ("inception_v3", 107),
        ("densenet121", 64),
    ])
    func everyNetworkOfTheCatalogueGivesTheSame(name: String, side: Int) throws {
        // SqueezeNet has few channels in some layers already: with one left there is no gating to compare.
        let network = try SmallNetworks.shrunk(
            name, side: side, by: name.hasPrefix("squeeze") || name.hasPrefix("mobile") ? 4 : 16)
        let pictures = try SmallNetworks.pictures(network, 2)
        let cpu = try cpu(network)
        let gpus = try Way.allCases.map { try gpu(network, EmulatedDriver(["LAZY": 1], $0)) }
        for readOut in [network.readOuts.first!, network.readOuts.last!].map(\.name) {
            let options = LocalizationOptions(classSource: .predicted, readOut: readOut)
            let expected = try cpu.evaluate(pictures, options: options).map(FindingBits.init)
            for gpu in gpus {
                #expect(try gpu.found(pictures, options: options) == expected, "\(readOut)")
            }
            #expect(expected.contains { !$0.entries.isEmpty })
        }
    }

    /// Kernels of more cells than a mask of bits has, and an input that no multiple of anything divides.
    @Test func unusualShapesGiveTheSame() throws {
        var network = SmallNetworks.chain
        network.inputSize = 19
        network.layers[0].kind = .convolution(.init(outputs: 4, kernel: 13, stride: 2, padding: 6))
        let pictures = try SmallNetworks.pictures(network, 3)
        let options = LocalizationOptions(classSource: .predicted)
        let expected = try cpu(network).evaluate(pictures, options: options).map(FindingBits.init)
        for way in Way.allCases {
            let gpu = try gpu(network, EmulatedDriver(["LAZY": 1], way))
            #expect(try gpu.found(pictures, options: options) == expected)
        }
        #expect(expected.contains { !$0.entries.isEmpty })
    }

    @Test func whatIsWrongWithAPictureIsWhatTheCPUSays() throws {
        let network = SmallNetworks.chain
        let huge = try SeededTensors(network, scale: 1e6)
        let pool = try ThreadPool(threads: 1)
        let cpu = try CPUBackend(network: network, source: huge, pool: pool, batch: 4)
        let gpu = try CUDABackend(
            network: network, source: huge, device: try EmulatedDriver().device(), pool: pool, batch: 2)
        let pictures = try SmallNetworks.pictures(network, 3)
        func error(_ backend: some Backend) -> NetworkError? {
            do throws(NetworkError) {
                _ = try backend.evaluate(pictures, options: LocalizationOptions())
                return nil
            } catch { return error }
        }
        let expected = try #require(error(cpu))
        #expect(error(gpu) == expected)
        guard case .topDown(_, .outOfRange) = expected else {
            Issue.record("expected a unit out of range, found \(expected)")
            return
        }
        #expect(throws: NetworkError.unknownClass(index: 9, classes: 9)) {
            _ = try gpu.evaluate(
                [Picture(pixels: pictures[0].pixels, label: 9)], options: LocalizationOptions())
        }
        #expect(throws: NetworkError.unknownReadOut(name: "p9", network: "chain", known: ["image", "p1"])) {
            _ = try gpu.evaluate(pictures, options: LocalizationOptions(readOut: "p9"))
        }
    }
}
