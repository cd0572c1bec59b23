import Bytes
import SelectiveTuning

/// The kernels against the CPU's, bit for bit: random networks under every rule and by every method that takes a gradient,
/// each layer's activations and what is found.
struct KernelCheck {
    private(set) var networks = 0
    private(set) var activations = 0
    private(set) var findings = 0
    /// The first few.
    private(set) var differences: [String] = []
    private(set) var differing = 0

    static let rules: [TopDownOptions] = [
        TopDownOptions(), TopDownOptions(selection: .strict, linearOffset: 0, bridgeOffset: 5),
        TopDownOptions(linearMode: .maximum, bridgeMode: .all, oneByOne: .ladder),
        TopDownOptions(selection: .strict, linearMode: .all, bridgeMode: .maximum),
    ]

    static let gradientMethods: [LocalizationMethod] = [.gradcam, .hirescam, .layercam, .gradient, .guided]

    mutating func run(seeds: Range<Int>, largest: Int, pictures: Int, device: CUDADevice, pool: ThreadPool) throws {
        for seed in seeds {
            let network = RandomNetwork.network(seed: seed, largest: largest)
            let tensors = try SeededTensors(network)
            let inputs = try generatedPictures(network, pictures)
            let cpu = try CPUBackend(network: network, source: tensors, pool: pool, batch: pictures)
            let gpu = try CUDABackend(
                network: network, source: tensors, device: device, pool: pool, batch: max(1, pictures - 1))
            // Each tile, and the one that is chosen.
            gpu.tile = seed % 5 < CUDABackend.tiles.count ? CUDABackend.tiles[seed % 5] : nil
            networks += 1
            for rules in Self.rules {
                for readOut in network.readOuts.map(\.name) {
                    for source in ClassSource.allCases {
                        let options = LocalizationOptions(classSource: source, readOut: readOut, topDown: rules)
                        compare(
                            "\(network.name), \(readOut), \(rules)", outcome(cpu, inputs, options),
                            outcome(gpu, inputs, options))
                    }
                }
            }
            for method in Self.gradientMethods {
                for source in ClassSource.allCases {
                    let options = LocalizationOptions(
                        method: method, classSource: source, box: BoxOptions(prune: .none, rule: .component))
                    compare(
                        "\(network.name), \(method.rawValue)", outcome(cpu, inputs, options),
                        outcome(gpu, inputs, options))
                }
            }
            try compareActivations(network, cpu, gpu, Array(inputs.prefix(gpu.atOnce)))
        }
    }

    private mutating func compareActivations(
        _ network: Network, _ cpu: CPUBackend, _ gpu: CUDABackend, _ inputs: [Picture]
    ) throws {
        cpu.forwardOnly(inputs)
        _ = try? gpu.evaluate(inputs, options: LocalizationOptions())
        for layer in [Network.image] + network.layers.map(\.name) {
            for image in inputs.indices {
                guard let expected = cpu.activations(of: layer, image: image) else { continue }
                let found = try gpu.activations(of: layer, image: image) ?? []
                activations += expected.count
                if found.map(\.bitPattern) != expected.map(\.bitPattern) {
                    add("\(network.name), activations of \(layer)")
                }
            }
        }
    }

    /// The findings' bits with a map and without, for which a device has ways of its own; or the error. Both backends have
    /// the same.
    private func outcome(_ backend: some Backend, _ inputs: [Picture], _ options: LocalizationOptions) -> [String] {
        do throws(NetworkError) {
            let mapped = try backend.evaluate(
                inputs, options: options, precision: .exact, mapReadOut: options.readOut)
            return try (backend.evaluate(inputs, options: options) + mapped).map { finding in
                let entries = (finding.hypothesis?.entries ?? []).sorted { $0.index < $1.index }.map {
                    "\($0.index):\($0.value)"
                }
                return "\(finding.top5) \(finding.scores.map(\.bitPattern)) \(finding.box) \(finding.droppedMass) "
                    + "\(finding.ties) \(finding.ineligible) \(entries.joined(separator: " "))"
            }
        } catch {
            return ["\(error)"]
        }
    }

    private mutating func compare(_ what: String, _ expected: [String], _ found: [String]) {
        findings += expected.count
        if expected != found { add(what) }
    }

    private mutating func add(_ what: String) {
        differing += 1
        if differences.count < 20 { differences.append(what) }
    }

    var json: JSON {
        .object([
            ("networks", .int(networks)), ("activations", .int(activations)), ("findings", .int(findings)),
            ("differing", .int(differing)), ("differences", .array(differences.map(JSON.string))),
        ])
    }
}
