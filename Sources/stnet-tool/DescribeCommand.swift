import Bytes
import Jobs
import Options
import SelectiveTuning

/// `stnet-tool describe`: a network's description as `--network FILE.json` takes it, to start one's own from.
enum DescribeCommand {
    static let help = HelpText(
        usage: ["stnet-tool describe --network NAME|FILE.json"],
        brief: "print a network's description",
        summary: """
            Prints a network's description, one layer a line, as stnet-coord takes it with --network FILE.json: to begin
            one's own from.
            """,
        sections: [
            (
                "Options",
                [
                    .init(
                        "network", "NAME|FILE.json",
                        "a network by its name, or a description: "
                            + NetworkCatalog.names.joined(separator: ", "), known: NetworkCatalog.names),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "the description was printed"), .init(ExitStatus.usage, "wrong command line"),
            .init(ExitStatus.badData, "FILE.json is no usable description"),
        ],
        manual: ManualDetails(
            examples: [
                .init("A description to begin from:", "stnet-tool describe --network squeezenet1_1 > mine.json")
            ],
            documents: ["docs/networks.md"]))

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
        StandardOutput.say("{\n" + lines.joined(separator: ",\n") + "\n}")
    }
}
