import Jobs
import Options
import SelectiveTuning

/// `stnet-tool choose-weights`: one network's weights out of a checkpoint that holds it more than once.
enum ChooseWeightsCommand {
    static let help = HelpText(
        usage: [
            "stnet-tool choose-weights --network NAME|FILE.json --weights FILE --under NAME --out FILE.safetensors"
        ],
        summary:
            "Writes the tensors of a network that stand under a name of a checkpoint, with the network's own names.",
        sections: [
            (
                "Options",
                [
                    .init(
                        "network", "NAME|FILE.json", NetworkCatalog.names.joined(separator: ", ") + ", or a description"
                    ),
                    .init("weights", "FILE", "the checkpoint, .pth or .safetensors"),
                    .init("under", "NAME", "what stands before the names: model, model_ema, state.teacher"),
                    .init("out", "FILE", "the .safetensors file"),
                    .init("help", nil, "this text"),
                ]
            )
        ])

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
        print("\(tensors.count) tensors in \(out)")
    }
}
