import Jobs
import Options
import SelectiveTuning

/// `stnet-tool choose-weights`: one network's weights out of a checkpoint that holds it more than once.
enum ChooseWeightsCommand {
    static let help = HelpText(
        usage: [
            "stnet-tool choose-weights --network NAME|FILE.json --weights FILE --under NAME --out FILE.safetensors"
        ],
        brief: "one network's weights out of a checkpoint",
        summary: """
            Takes the weights of one network out of a checkpoint that holds it more than once, as a teacher and a student or
            beside its moving average: writes the tensors whose names begin with --under, under the network's own names.
            """,
        sections: [
            (
                "Options",
                [
                    .init(
                        "network", "NAME|FILE.json",
                        "a network by its name, or a description: "
                            + NetworkCatalog.names.joined(separator: ", "), known: NetworkCatalog.names),
                    .init("weights", "FILE", "the checkpoint, .pth or .safetensors"),
                    .init(
                        "under", "NAME",
                        "what stands before the network's names in the checkpoint: model, model_ema, state.teacher"),
                    .init("out", "FILE.safetensors", "the file for the weights"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "the file is there"), .init(ExitStatus.usage, "wrong command line"),
            .init(
                ExitStatus.badData,
                "no such tensors, an unusable checkpoint, another file in the way, or a file that cannot be written"),
        ],
        manual: ManualDetails(
            examples: [
                .init(
                    "The averaged weights of a checkpoint:",
                    """
                    stnet-tool choose-weights --network squeezenet1_1 --weights checkpoint.pth \\
                        --under model_ema --out averaged.safetensors
                    """)
            ],
            documents: ["docs/networks.md"]))

    static func run(_ parsed: ParsedOptions) throws {
        func value(_ name: String) throws -> String {
            guard let value = parsed.values[name] else { throw UsageError("--\(name) is needed") }
            return value
        }
        let (network, _) = try NetworkOption.network(try value("network"))
        let (under, out) = (try value("under"), try value("out"))
        let source = try value("weights")
        guard !MadeWeights.isSameFile(source, out) else {
            throw UsageError("--out \(out): is the file of --weights: choose another name")
        }
        let file = try WeightFile.open(path: source)
        try MadeWeights.check(out, by: "choose-weights")
        let weights = try file.fitted(to: network, under: under)
        let tensors = try network.tensors()
        try SafetensorsWriter.write(
            path: out, tensors: tensors.map { ($0.name, $0.shape) },
            metadata: [
                "network": network.name, "source_sha256": file.sha256(), "source_under": under,
                "made_by": MadeWeights.maker("choose-weights"),
            ]
        ) { name, shape in
            try weights.tensor(name, expecting: shape)
        }
        StandardOutput.say("\(tensors.count) tensors in \(out)")
    }
}
