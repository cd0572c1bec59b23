import Bytes
import SelectiveTuning

/// The kernels against the CPU's, bit for bit: random networks under every rule and by every method that takes a gradient,
/// each layer's activations and then what is found. Small networks come first, and the first difference ends it: what comes
/// after a wrong activation is wrong too.
struct KernelCheck {
    private(set) var networks = 0
    private(set) var activations = 0
    private(set) var findings = 0
    /// The first one.
    private(set) var difference: String?

    static let rules: [TopDownOptions] = [
        TopDownOptions(), TopDownOptions(selection: .strict, linearOffset: 0, bridgeOffset: 5),
        TopDownOptions(linearMode: .maximum, bridgeMode: .all, oneByOne: .ladder),
        TopDownOptions(selection: .strict, linearMode: .all, bridgeMode: .maximum),
    ]

    static let gradientMethods: [LocalizationMethod] = [.gradcam, .hirescam, .layercam, .gradient, .guided]

    /// `largest`: side of an input at the most. Ends early at a difference, or when `time` is up.
    mutating func run(
        count: Int, largest: Int, pictures: Int, device: CUDADevice, pool: ThreadPool, time: inout TimeLeft
    ) throws {
        for seed in 0..<count where difference == nil {
            guard time.allows("kernels: \(count - seed) of \(count) random networks", seconds: 1) else { return }
            let side = 10 + (largest - 10) * seed / max(1, count - 1)
            let network = RandomNetwork.network(seed: seed, largest: side)
            let tensors = try SeededTensors(network)
            let inputs = try generatedPictures(network, pictures)
            let cpu = try CPUBackend(network: network, source: tensors, pool: pool, batch: pictures)
            let gpu = try CUDABackend(
                network: network, source: tensors, device: device, pool: pool, batch: max(1, pictures - 1))
            // Each tile, and the one that is chosen.
            gpu.tile = seed % 5 < CUDABackend.tiles.count ? CUDABackend.tiles[seed % 5] : nil
            let tile = gpu.tile.map { "tile \($0.rawValue)" } ?? "the tile chosen"
            networks += 1
            try compareActivations(network, tile, cpu, gpu, Array(inputs.prefix(gpu.atOnce)))
            for rules in Self.rules {
                for readOut in network.readOuts.map(\.name) {
                    for source in ClassSource.allCases {
                        let options = LocalizationOptions(classSource: source, readOut: readOut, topDown: rules)
                        compare("\(network.name), read-out \(readOut), \(rules)", cpu, gpu, inputs, options)
                    }
                }
            }
            for method in Self.gradientMethods {
                for source in ClassSource.allCases {
                    let options = LocalizationOptions(
                        method: method, classSource: source, box: BoxOptions(prune: .none, rule: .component))
                    compare("\(network.name), method \(method.rawValue)", cpu, gpu, inputs, options)
                }
            }
        }
    }

    private mutating func compareActivations(
        _ network: Network, _ tile: String, _ cpu: CPUBackend, _ gpu: CUDABackend, _ inputs: [Picture]
    ) throws {
        cpu.forwardOnly(inputs)
        // Where a picture fails alone, the activations are there.
        let outcome = Result { () throws(NetworkError) in try gpu.evaluate(inputs, options: LocalizationOptions()) }
        if case .failure(let error) = outcome, !error.concernsOnePicture { throw error }
        for layer in [nil] + network.layers.map(Optional.some) where difference == nil {
            let name = layer?.name ?? Network.image
            for image in inputs.indices {
                guard let expected = cpu.activations(of: name, image: image) else { continue }
                let found = try gpu.activations(of: name, image: image) ?? []
                activations += expected.count
                guard
                    let place = zip(expected, found).enumerated().first(where: { $1.0.bitPattern != $1.1.bitPattern })?
                        .offset ?? (expected.count == found.count ? nil : min(expected.count, found.count))
                else { continue }
                let shape = try shape(of: name, in: network)
                let (pixel, channel) = place.quotientAndRemainder(dividingBy: shape.channels)
                let kind = layer.map { "\($0.kind)".prefix { $0 != "(" } } ?? "the picture, normalized"
                difference =
                    "\(network.name), activations of layer \(name) (\(kind)), \(tile): picture \(image), "
                    + "y \(pixel / shape.width), x \(pixel % shape.width), channel \(channel): "
                    + "CPU \(text(expected, place)), GPU \(text(found, place))"
                return
            }
        }
    }

    private func shape(of layer: String, in network: Network) throws -> Shape {
        try network.shapes()[network.activation(named: layer)!]
    }

    private func text(_ values: [Float], _ place: Int) -> String {
        guard place < values.count else { return "nothing" }
        return "\(values[place]) (0x\(String(values[place].bitPattern, radix: 16)))"
    }

    private mutating func compare(
        _ what: String, _ cpu: CPUBackend, _ gpu: CUDABackend, _ inputs: [Picture], _ options: LocalizationOptions
    ) {
        guard difference == nil else { return }
        let (expected, found) = (outcome(cpu, inputs, options), outcome(gpu, inputs, options))
        findings += expected.count
        guard let place = zip(expected, found).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return }
        let way = place < inputs.count ? "without a map" : "with a map"
        for (part, (own, theirs)) in zip(expected[place], found[place]).enumerated() where own != theirs {
            difference =
                "\(what), from the \(options.classSource.rawValue): picture \(place % inputs.count), \(way): "
                + "\(Self.parts[min(part, Self.parts.count - 1)]): CPU \(own), GPU \(theirs)"
            return
        }
        difference = "\(what): CPU \(expected[place]), GPU \(found[place])"
    }

    private static let parts = [
        "classes", "scores", "box", "dropped gating", "ties", "ineligible components", "the map, index:value",
    ]

    /// What was found, part by part, without a map and then with one, for which a device has ways of its own; or the error.
    private func outcome(_ backend: some Backend, _ inputs: [Picture], _ options: LocalizationOptions) -> [[String]] {
        do throws(NetworkError) {
            let bare = try backend.evaluate(inputs, options: options)
            let mapped = try backend.evaluate(
                inputs, options: options, precision: .exact, mapReadOut: options.readOut)
            return (bare + mapped).map { finding in
                [
                    "\(finding.top5)", "\(finding.scores.map(\.bitPattern))", "\(finding.box)",
                    "\(finding.droppedMass)", "\(finding.ties)", "\(finding.ineligible)",
                ]
                    + (finding.hypothesis?.entries ?? []).sorted { $0.index < $1.index }.map {
                        "\($0.index):\($0.value)"
                    }
            }
        } catch {
            return [["\(error)"]]
        }
    }

    var json: JSON {
        .object([
            ("networks", .int(networks)), ("activations", .int(activations)), ("findings", .int(findings)),
            ("difference", difference.map(JSON.string) ?? .null),
        ])
    }
}
