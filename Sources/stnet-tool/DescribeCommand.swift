import Bytes
import Jobs
import Options
import SelectiveTuning

/// `stnet-tool describe`: a network's description as `--network FILE.json` takes it, to start one's own from.
enum DescribeCommand {
    static let help = HelpText(
        usage: ["stnet-tool describe --network NAME|FILE.json"],
        summary: "Prints a network's description, one layer a line, as --network FILE.json takes it.",
        sections: [
            (
                "Options",
                [
                    .init(
                        "network", "NAME|FILE.json", NetworkCatalog.names.joined(separator: ", ") + ", or a description"
                    ),
                    .init("help", nil, "this text"),
                ]
            )
        ])

    static func run(_ parsed: ParsedOptions) throws {
        guard let name = parsed.values["network"] else { throw UsageError("--network is needed") }
        let (network, _) = try NetworkOption.network(name)
        guard case .object(let members) = network.json else { return }
        let lines = members.map { name, value in
            guard name == "layers", case .array(let layers) = value else {
                return "  \(JSON.string(name).compact): \(value.compact)"
            }
            return "  \"layers\": [\n" + layers.map { "    " + $0.compact }.joined(separator: ",\n") + "\n  ]"
        }
        print("{\n" + lines.joined(separator: ",\n") + "\n}")
    }
}
