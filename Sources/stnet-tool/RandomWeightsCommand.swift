import Bytes
import Jobs
import Options
import SelectiveTuning

/// `stnet-tool random-weights`: weights of full size where trained ones are not at hand, for speed and exactness.
enum RandomWeightsCommand {
    static let help = HelpText(
        usage: ["stnet-tool random-weights --network NAME|FILE.json --out FILE.safetensors [--seed N]"],
        brief: "write random weights for a network",
        summary: """
            Writes random weights for every tensor of a network, to try a description or to measure speed where there are no
            trained ones. The same seed gives the same bytes everywhere.
            """,
        sections: [
            (
                "Options",
                [
                    .init(
                        "network", "NAME|FILE.json",
                        "a network by its name, or a description: "
                            + NetworkCatalog.names.joined(separator: ", "), known: NetworkCatalog.names),
                    .init("out", "FILE.safetensors", "the file for them"),
                    .init("seed", "N", "which random weights", default: "1"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "the file is there"), .init(ExitStatus.usage, "wrong command line"),
            .init(
                ExitStatus.badData, "unusable description, another file in the way, or a file that cannot be written"),
        ],
        manual: ManualDetails(
            examples: [
                .init(
                    "Weights for a description that has no trained ones yet:",
                    "stnet-tool random-weights --network mine.json --out mine.safetensors")
            ],
            documents: ["docs/networks.md"]))

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
        StandardOutput.say("\(tensors.count) tensors in \(out)")
    }
}
