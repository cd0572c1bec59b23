import CKernels
import SelectiveTuning
import Testing

/// The backward pass against the slow one of its definition, bit for bit.
@Suite struct BackwardPassTests {
    private static let networks = [
        TestNetworks.branched, TestNetworks.chain, TestNetworks.normalized, TestNetworks.modern,
    ]

    private static func expected(
        _ network: Network, _ tensors: RandomTensors, _ pictures: [Picture], _ rectifier: RectifierGradient
    ) throws -> [[[Float]]] {
        let plain = PlainNetwork(network: network, tensors: tensors)
        let backward = PlainBackward(network: network, tensors: tensors, rectifier: rectifier)
        return try pictures.map { try backward.run(activations: plain.run($0.pixels), class: $0.label) }
    }

    @Test(arguments: networks, [RectifierGradient.plain, .guided])
    func everyGradientHasTheBitsOfTheDefinition(network: Network, rectifier: RectifierGradient) throws {
        let tensors = RandomTensors(seed: 3)
        let pictures = (0..<4).map {
            Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: $0), label: $0 * 2 + 1)
        }
        let expected = try Self.expected(network, tensors, pictures, rectifier)
        for isa in [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON] where ck_isa_available(isa) != 0 {
            for (threads, batch) in [(1, 4), (3, 3), (2, 1)] {
                let backend = try CPUBackend(
                    network: network, source: tensors, pool: try ThreadPool(threads: threads), batch: batch, isa: isa)
                backend.forwardOnly(Array(pictures.prefix(batch)))
                for (number, name) in ([Network.image] + network.layers.map(\.name)).enumerated() {
                    let found = try #require(
                        try backend.gradients(of: pictures.prefix(batch).map(\.label), by: name, rectifier: rectifier))
                    for image in 0..<batch {
                        #expect(
                            found[image].map(\.bitPattern) == expected[image][number].map(\.bitPattern),
                            "\(name), \(threads) threads")
                    }
                }
            }
        }
        let image = expected.flatMap { $0[0] }
        #expect(image.filter { $0 != 0 }.count > image.count / 8, "the test must not be empty")
    }

    /// Strides wider than kernels, cells that no window reads, padding wider than kernels, any order of any kinds.
    @Test func randomNetworksHaveTheBitsOfTheDefinition() throws {
        var reached = 0
        for seed in 0..<120 {
            let network = TestNetworks.random(seed: seed)
            let tensors = RandomTensors(seed: seed)
            let pictures = (0..<2).map {
                Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: seed + $0), label: ($0 + seed) % 6)
            }
            let rectifier: RectifierGradient = seed % 3 == 0 ? .guided : .plain
            let expected = try Self.expected(network, tensors, pictures, rectifier)
            let backend = try CPUBackend(
                network: network, source: tensors, pool: try ThreadPool(threads: 2), batch: 2,
                isa: seed % 5 == 0 ? CK_ISA_PORTABLE : ck_isa_best())
            backend.forwardOnly(pictures)
            for (number, name) in ([Network.image] + network.layers.map(\.name)).enumerated() {
                let found = try #require(
                    try backend.gradients(of: pictures.map(\.label), by: name, rectifier: rectifier))
                for image in 0..<2 {
                    #expect(
                        found[image].map(\.bitPattern) == expected[image][number].map(\.bitPattern),
                        "\(network.name), \(name)\n\(network.layers)")
                }
            }
            reached += expected[0][0].contains { $0 != 0 } ? 1 : 0
        }
        #expect(reached > 30, "the test must not be empty")
    }

    @Test func noChunkChangesABit() throws {
        let network = TestNetworks.modern
        let pictures = (0..<5).map {
            Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: $0), label: $0)
        }
        let backend = try CPUBackend(
            network: network, source: RandomTensors(seed: 3), pool: try ThreadPool(threads: 2), batch: 5)
        backend.forwardOnly(pictures)
        let labels = pictures.map(\.label)
        let expected = try #require(try backend.gradients(of: labels, by: "image"))
        let image = try #require(backend.gradientMemory(by: "image")).gradientBytesPerImage
        for chunk in [1, 2, 3, 4] {
            let found = try #require(try backend.gradients(of: labels, by: "image", chunkBytes: chunk * image))
            #expect(found.map { $0.map(\.bitPattern) } == expected.map { $0.map(\.bitPattern) }, "\(chunk)")
            #expect(backend.gradientMemory(by: "image", chunkBytes: chunk * image)?.chunk == chunk)
        }
        // Fewer pictures than the batch.
        let two = try #require(try backend.gradients(of: Array(labels.prefix(2)), by: "image"))
        #expect(two == Array(expected.prefix(2)))
    }

    /// With many zeros and channels in eights the products with them are left out.
    @Test func zerosThatAreLeftOutChangeNoBit() throws {
        let network = Network(
            name: "sparse", inputSize: 24, normalization: .imagenet,
            layers: [
                Layer("c1", .convolution(.init(outputs: 64, kernel: 3, padding: 1)), from: ["image"]),
                Layer("p1", .maxPool(.init(kernel: 3, stride: 3)), from: ["c1"]),
                Layer(
                    "c2", .convolution(.init(outputs: 80, kernel: 3, stride: 2, padding: 1, groups: 2)), from: ["p1"]),
                Layer("c3", .convolution(.init(outputs: 64, kernel: 3, padding: 1)), from: ["c2"]),
                Layer("f1", .linear(.init(outputs: 300, rectifier: .relu)), from: ["c3"]),
                Layer("f2", .linear(.init(outputs: 5, rectifier: .none)), from: ["f1"]),
            ], readOuts: [])
        let tensors = RandomTensors(seed: 8)
        let pictures = (0..<18).map {
            Picture(pixels: TestNetworks.picture(side: 24, seed: $0), label: $0 % 5)
        }
        let expected = try Self.expected(network, tensors, pictures, .guided)
        let backend = try CPUBackend(
            network: network, source: tensors, pool: try ThreadPool(threads: 2), batch: pictures.count)
        backend.forwardOnly(pictures)
        for (number, name) in ([Network.image] + network.layers.map(\.name)).enumerated() {
            let found = try #require(try backend.gradients(of: pictures.map(\.label), by: name, rectifier: .guided))
            for image in pictures.indices {
                #expect(found[image].map(\.bitPattern) == expected[image][number].map(\.bitPattern), "\(name)")
            }
        }
    }

    @Test func aClassThatIsNotThereIsAnError() throws {
        let backend = try CPUBackend(
            network: TestNetworks.chain, source: RandomTensors(seed: 1), pool: try ThreadPool(threads: 1), batch: 1)
        backend.forwardOnly([Picture(pixels: TestNetworks.picture(side: 47, seed: 1), label: 0)])
        #expect(throws: NetworkError.unknownClass(index: 13, classes: 13)) {
            _ = try backend.gradients(of: [13], by: "image")
        }
        #expect(throws: NetworkError.unknownClass(index: -1, classes: 13)) {
            _ = try backend.gradients(of: [-1], by: "image")
        }
    }

    /// A ReLU's gradient takes its output, a maximum's and a normalised response's their input.
    @Test(arguments: NetworkCatalog.names)
    func nothingThatIsReadWasOverwritten(name: String) throws {
        let network = try NetworkCatalog.network(named: name)
        let overwritten = try network.overwrittenActivations()
        for layer in network.layers {
            var read: [String] = layer.kind.rectifier.isOn ? [layer.name] : []
            switch layer.kind {
            case .maxPool, .localResponseNormalization: read += layer.inputs
            default: break
            }
            #expect(overwritten.isDisjoint(with: read), "\(layer.name)")
        }
    }

    /// Of the same number of pictures, at the picture, where it is the most.
    @Test(arguments: NetworkCatalog.names)
    func gradientsTakeNoMoreThanActivations(name: String) throws {
        let network = try NetworkCatalog.network(named: name)
        let (gradients, activations) = (
            try #require(try network.gradientBytes(by: Network.image)), try network.activationBytes()
        )
        #expect(gradients > 0 && gradients <= activations, "\(gradients) of \(activations)")
    }

    /// An addition that would overwrite what made its first input only does so where no ReLU has to be asked again.
    @Test func anAdditionKeepsWhatAReLUMade() throws {
        func network(_ rectifier: Rectifier) -> Network {
            Network(
                name: "kept", inputSize: 6, normalization: .imagenet,
                layers: [
                    Layer("a", .convolution(.init(outputs: 4, kernel: 3, rectifier: rectifier)), from: ["image"]),
                    Layer("b", .convolution(.init(outputs: 4, kernel: 3)), from: ["image"]),
                    Layer("sum", .add(.init(rectifier: .relu)), from: ["a", "b"]),
                    Layer("f", .linear(.init(outputs: 3, rectifier: .none)), from: ["sum"]),
                ], readOuts: [])
        }
        #expect(try network(.relu).overwrittenActivations() == [])
        #expect(try network(.none).overwrittenActivations() == ["a"])
    }
}
