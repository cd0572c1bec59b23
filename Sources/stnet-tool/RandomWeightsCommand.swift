import Bytes
import Jobs
import Options
import SelectiveTuning

/// `stnet-tool random-weights`: weights of full size where trained ones are not at hand, for speed and exactness.
enum RandomWeightsCommand {
    static let help = HelpText(
        usage: ["stnet-tool random-weights --network NAME|FILE.json --out FILE.safetensors [--seed N]"],
        summary: "Writes seeded random weights for every tensor of a network: the same seed, the same bytes.",
        sections: [
            (
                "Options",
                [
                    .init(
                        "network", "NAME|FILE.json", NetworkCatalog.names.joined(separator: ", ") + ", or a description"
                    ),
                    .init("out", "FILE", "the .safetensors file"),
                    .init("seed", "N", "names the weights", default: "1"),
                    .init("help", nil, "this text"),
                ]
            )
        ])

    static func run(_ parsed: ParsedOptions) throws {
        guard let name = parsed.values["network"] else { throw UsageError("--network is needed") }
        guard let out = parsed.values["out"] else { throw UsageError("--out FILE is needed") }
        let seed = UInt64(try parsed.integer("seed", in: 0...Int.max) ?? 1)
        let (network, _) = try NetworkOption.network(name)
        let tensors = try network.tensors()
        let named = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
        try MadeWeights.check(out, by: "random-weights")
        let folder = parentDirectory(of: out)
        if !folder.isEmpty { try makeDirectories(folder) }
        try SafetensorsWriter.write(
            path: out, tensors: tensors.map { ($0.name, $0.shape) },
            metadata: ["network": network.name, "seed": String(seed), "made_by": MadeWeights.maker("random-weights")]
        ) { name, _ in
            SeededWeights.fill(seed: seed, named[name]!)
        }
        print("\(tensors.count) tensors in \(out)")
    }
}
