import CKernels
import SelectiveTuning
import Testing

/// The slow reference over a whole network: from a class down to a read-out.
private struct PlainTopDown {
    let network: Network
    let tensors: RandomTensors
    let options: TopDownOptions

    func run(activations: [[Float]], start: Int, readOut: String) throws -> ReferenceResult {
        let shapes = try network.shapes()
        var index = [Network.image: 0]
        for (number, layer) in network.layers.enumerated() { index[layer.name] = number + 1 }
        var gatings = shapes.map { [Int64](repeating: 0, count: $0.count) }
        gatings[gatings.count - 1][start] = 1 << 48
        var totals = ReferenceResult(gating: [])
        func add(_ result: ReferenceResult) {
            totals.droppedMass += result.droppedMass
            totals.ties += result.ties
            totals.ineligible += result.ineligible
        }
        let isStrict = options.selection == .strict
        for number in network.layers.indices.reversed() where number + 1 > index[readOut]! {
            let layer = network.layers[number]
            if layer.bridge, gatings[number + 1].contains(where: { $0 != 0 }) {
                let rule = ReferenceRule(
                    isLinear: true, isStrict: isStrict, stage2: stage(options.bridgeMode), offset: options.bridgeOffset)
                let selected = try referenceBridge(gatings[number + 1], rule: rule)
                add(selected)
                gatings[number + 1] = selected.gating
            }
            let inputs = layer.inputs.map { index[$0]! }
            let from = shapes[inputs[0]]
            var shape = LayerShape()
            (shape.height, shape.width, shape.channels) = (from.height, from.width, from.channels)
            let gating = gatings[number + 1]
            let result: ReferenceResult
            switch layer.kind {
            case .convolution(let c):
                shape.set(c.window)
                (shape.groups, shape.outChannels) = (c.groups, c.outputs)
                let isLadder = c.window.kernel == 1 && options.oneByOne == .ladder
                result = try referenceConvolution(
                    shape, weights: try weights(layer, shape), activities: activations[inputs[0]], gating: gating,
                    rule: ReferenceRule(isStrict: isStrict, stage2: isLadder ? .ladder : .group, offset: 3))
            case .linear(let linear):
                (shape.kernelHeight, shape.kernelWidth, shape.outChannels) = (from.height, from.width, linear.outputs)
                let overMap = from.height > 1 || from.width > 1
                let rule =
                    overMap
                    ? ReferenceRule(isStrict: isStrict)
                    : ReferenceRule(
                        isLinear: true, isStrict: isStrict, stage2: stage(options.linearMode),
                        offset: options.linearOffset)
                result = try referenceConvolution(
                    shape, weights: try weights(layer, shape), activities: activations[inputs[0]], gating: gating,
                    rule: rule)
            case .maxPool(let p):
                shape.set(p.window)
                shape.isCeiling = p.ceilMode
                result = try referencePool(shape, isAverage: false, activities: activations[inputs[0]], gating: gating)
            case .averagePool(let p):
                shape.set(p.window)
                shape.isCeiling = p.ceilMode
                result = try referencePool(shape, isAverage: true, activities: activations[inputs[0]], gating: gating)
            case .add(let add):
                var sum = ReferenceAddition(
                    inputs: inputs.map { activations[$0] }, sum: activations[number + 1],
                    tensors: Array(inputs.indices), rule: ReferenceRule(isStrict: isStrict),
                    residual: residual(options.residual))
                if add.rectifier.ceiling == .infinity { sum.inputs[0] = nil }
                let found = try sum.run(gating: gating)
                totals.droppedMass += found.droppedMass
                totals.ties += found.ties
                for (input, shares) in zip(inputs, found.gating) {
                    for (place, share) in shares.enumerated() { gatings[input][place] += share }
                }
                continue
            case .localResponseNormalization, .affine:
                result = ReferenceResult(gating: gating)
            case .globalAveragePool:
                (shape.kernelHeight, shape.kernelWidth) = (from.height, from.width)
                result = try referencePool(shape, isAverage: true, activities: activations[inputs[0]], gating: gating)
            case .concatenation:
                var offset = 0
                let all = shapes[number + 1].channels
                for input in inputs {
                    let channels = shapes[input].channels
                    for place in 0..<from.height * from.width {
                        for c in 0..<channels {
                            gatings[input][place * channels + c] += gating[place * all + offset + c]
                        }
                    }
                    offset += channels
                }
                continue
            }
            add(result)
            for (place, value) in result.gating.enumerated() { gatings[inputs[0]][place] += value }
        }
        totals.gating = gatings[index[readOut]!]
        return totals
    }

    private func residual(_ mode: ResidualMode) -> ReferenceResidual {
        switch mode {
        case .split: .split
        case .winner: .winner
        case .branch: .branch
        }
    }

    private func stage(_ mode: SubsetMode) -> ReferenceRule.Stage2 {
        switch mode {
        case .ladder: .ladder
        case .maximum: .maximum
        case .all: .all
        }
    }

    private func weights(_ layer: Layer, _ shape: LayerShape) throws -> [Float] {
        let channels = shape.channels / shape.groups
        let area = shape.kernelHeight * shape.kernelWidth
        var stored = [shape.outChannels, channels, shape.kernelHeight, shape.kernelWidth]
        if case .linear = layer.kind { stored = [shape.outChannels, channels * area] }
        return PlainNetwork.channelLast(
            try tensors.weights(layer, shape: stored), out: shape.outChannels, channels: channels,
            area: area)
    }
}

extension LayerShape {
    fileprivate mutating func set(_ window: Window) {
        (kernelHeight, kernelWidth) = (window.kernel.height, window.kernel.width)
        (strideY, strideX) = (window.stride.height, window.stride.width)
        (padY, padX) = (window.padding.top, window.padding.left)
        (padBelow, padBeside) = (
            window.padding.bottom - window.padding.top, window.padding.right - window.padding.left
        )
    }
}

@Suite struct WholeNetworkTests {
    static let choices: [TopDownOptions] = [
        TopDownOptions(), TopDownOptions(selection: .strict),
        TopDownOptions(linearMode: .maximum, bridgeMode: .all, oneByOne: .ladder),
        TopDownOptions(selection: .strict, linearMode: .all, bridgeMode: .maximum),
        TopDownOptions(oneByOne: .ladder, residual: .winner),
        TopDownOptions(selection: .strict, residual: .branch),
    ]

    @Test(
        arguments: [TestNetworks.branched, TestNetworks.chain, TestNetworks.normalized, TestNetworks.modern], choices)
    func theGatingIsTheSlowReferencesOnEveryInstructionSet(network: Network, options: TopDownOptions) throws {
        let tensors = RandomTensors(seed: 9)
        let plainNetwork = PlainNetwork(network: network, tensors: tensors)
        let pixels = (0..<3).map { TestNetworks.picture(side: network.inputSize, seed: $0 + 40) }
        // The best class of each: a class with no evidence has no gating to compare.
        let activations = try pixels.map { try plainNetwork.run($0) }
        let pictures = zip(pixels, activations).map { pixels, all in
            Picture(pixels: pixels, label: all.last!.firstIndex(of: all.last!.max()!)!)
        }
        let plain = PlainTopDown(network: network, tensors: tensors, options: options)
        for point in network.readOuts {
            let expected = try zip(pictures, activations).map {
                try plain.run(activations: $1, start: $0.label, readOut: point.layer)
            }
            #expect(expected.allSatisfy { $0.gating.contains { $0 != 0 } }, "the test must not be empty")
            for isa in [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON] where ck_isa_available(isa) != 0 {
                let backend = try CPUBackend(
                    network: network, source: tensors, pool: try ThreadPool(threads: 2), batch: 3, isa: isa)
                let found = try backend.evaluate(
                    pictures, options: LocalizationOptions(readOut: point.name, topDown: options))
                for (finding, reference) in zip(found, expected) {
                    var dense = [Int64](repeating: 0, count: reference.gating.count)
                    for entry in finding.map!.entries { dense[Int(entry.index)] = entry.value }
                    #expect(dense == reference.gating)
                    #expect(finding.droppedMass == reference.droppedMass)
                    #expect(finding.ties == reference.ties && finding.ineligible == reference.ineligible)
                }
            }
        }
    }

    /// The networks of the catalogue as they are, over smaller pictures, so that the slow reference ends in time.
    @Test(arguments: [
        ("alexnet", 95), ("vgg16", 64), ("googlenet", 64), ("squeezenet1_0", 67), ("squeezenet1_1", 67),
        ("alexnet-caffe", 95), ("googlenet-caffe", 64), ("squeezenet1_0-caffe", 67), ("squeezenet1_1-caffe", 67),
        ("resnet18", 64), ("resnet50", 64), ("resnet50-stride1", 64), ("vgg11_bn", 64), ("vgg16-gap", 32),
        ("mobilenet_v1", 64), ("mobilenet_v2", 64), ("efficientnet_lite0", 64), ("inception_v3", 107),
        ("densenet121", 64),
    ])
    func everyNetworkOfTheCatalogueAgreesWithTheSlowReference(name: String, side: Int) throws {
        var network = try NetworkCatalog.network(named: name)
        network.inputSize = side
        let pixels = TestNetworks.picture(side: side, seed: 3)
        let options = TopDownOptions()
        // With some random weights all gating of a deep network is dropped on its way, and nothing left to compare.
        var found: (tensors: RandomTensors, activations: [[Float]], start: Int, result: ReferenceResult)?
        for seed in 5..<25 where found == nil {
            let tensors = RandomTensors(seed: seed)
            let activations = try PlainNetwork(network: network, tensors: tensors).run(pixels)
            let start = activations.last!.firstIndex(of: activations.last!.max()!)!
            let result = try PlainTopDown(network: network, tensors: tensors, options: options)
                .run(activations: activations, start: start, readOut: Network.image)
            if result.gating.contains(where: { $0 != 0 }) { found = (tensors, activations, start, result) }
        }
        let (tensors, activations, start, expected) = try #require(found, "the test must not be empty")
        let outputs = activations.last!
        let picture = Picture(pixels: pixels, label: start)
        let backend = try CPUBackend(
            network: network, source: tensors, pool: try ThreadPool(threads: 2), batch: 1)
        let localized = try backend.evaluate([picture], options: LocalizationOptions(topDown: options))[0]
        #expect(backend.outputs(image: 0).map(\.bitPattern) == outputs.map(\.bitPattern))
        var dense = [Int64](repeating: 0, count: expected.gating.count)
        for entry in localized.map!.entries { dense[Int(entry.index)] = entry.value }
        #expect(dense == expected.gating)
        #expect(localized.droppedMass == expected.droppedMass)
    }

    @Test func predictedAndLabelStartAtTheirClass() throws {
        let network = TestNetworks.chain
        let backend = try CPUBackend(
            network: network, source: RandomTensors(seed: 9), pool: try ThreadPool(threads: 1), batch: 2)
        let pixels = TestNetworks.picture(side: network.inputSize, seed: 1)
        let predicted = try backend.evaluate(
            [Picture(pixels: pixels, label: 0)], options: LocalizationOptions(classSource: .predicted))[0]
        let same = try backend.evaluate(
            [Picture(pixels: pixels, label: predicted.top5[0])], options: LocalizationOptions())[0]
        #expect(
            predicted.map!.entries.sorted { $0.index < $1.index } == same.map!.entries.sorted { $0.index < $1.index })
        #expect(predicted.scores == predicted.scores.sorted(by: >) && predicted.top5.count == 5)
    }

    @Test func labelsAndReadOutsThatDoNotExistAreErrors() throws {
        let backend = try CPUBackend(
            network: TestNetworks.chain, source: RandomTensors(seed: 1), pool: try ThreadPool(threads: 1), batch: 1)
        let picture = Picture(pixels: TestNetworks.picture(side: 47, seed: 1), label: 13)
        #expect(throws: NetworkError.unknownClass(index: 13, classes: 13)) {
            _ = try backend.evaluate([picture], options: LocalizationOptions())
        }
        #expect(throws: NetworkError.unknownReadOut(name: "p9", network: "chain", known: ["image", "pool1"])) {
            _ = try backend.evaluate(
                [Picture(pixels: picture.pixels, label: 1)], options: LocalizationOptions(readOut: "p9"))
        }
    }
}
