import Bytes
import Coordinator
import Options
import SelectiveTuning

/// The options of `stnet-coord weights`.
public struct WeightsOptions: Sendable {
    /// The files to fetch; empty when only the list is wanted.
    public var files: [PublishedWeights]
    /// Without a slash at the end.
    public var baseURL: String
    public var directory: String
    public var progress: ProgressPrinter.Style

    public static let help = HelpText(
        usage: ["stnet-coord weights [NAME...|all] [options]"],
        brief: "fetch the weights that torchvision publishes",
        summary: """
            Fetches the weights that torchvision publishes for a network, and checks that their SHA-256 begins with the
            digits that were published with them. NAME is a network's name, with -v2 for the second version of its weights
            where there are two: more accurate labels, other maps than those in published tables. A fetch that was interrupted goes on where it stopped. Without a name,
            lists what can be fetched. The system's curl does the fetching.
            """,
        sections: [
            (
                "Options",
                [
                    .init(
                        "out", "DIR", "the directory for the files",
                        default: "weights, where an evaluation looks for them"),
                    .init(
                        "base-url", "URL", "a mirror: https, or http on this host (loopback)",
                        default: PublishedWeights.publishedBaseURL),
                    .init(
                        "progress", "auto|plain", "how progress is shown: on one line of a terminal, or line by line",
                        default: "auto"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        operand: ValueCandidates("NAME|all", known: PublishedWeights.all.map(\.name)),
        exits: [
            .init(ExitStatus.valid, "the files are there"), .init(ExitStatus.usage, "wrong command line"),
            .init(ExitStatus.badData, "wrong digest, another file in the way, or a file that cannot be written"),
            .init(
                ExitStatus.noNodeReachable, "no curl, the server cannot be reached, or it does not give the file"),
        ],
        manual: ManualDetails(
            environment: [
                .init("PATH", "Where curl is looked for. Its own variables hold too: https_proxy, CURL_CA_BUNDLE."),
                .terminal,
            ],
            files: [
                .init(
                    "weights/NAME-DIGITS.pth", "What was fetched; NAME-DIGITS.pth.part beside it until it is complete.")
            ],
            examples: [.init("The weights of two networks:", "stnet-coord weights googlenet squeezenet1_1")],
            documents: ["docs/networks.md", "docs/running.md"]))

    /// How many names can be given.
    public static let operands = 0...16

    /// Throws `UsageError`.
    public init(_ parsed: ParsedOptions) throws(UsageError) {
        files = []
        for name in parsed.positionals {
            guard name != "all" else {
                files = PublishedWeights.all
                break
            }
            guard let file = PublishedWeights.named(name) else {
                let known = PublishedWeights.all.map(\.name).joined(separator: ", ")
                throw UsageError(
                    "no weights are published for \"\(name)\": expected \(known), or all"
                        + Suggestion.question(for: name, among: PublishedWeights.all.map(\.name)))
            }
            if !files.contains(file) { files.append(file) }
        }
        var base = parsed.values["base-url"] ?? PublishedWeights.publishedBaseURL
        if let problem = SafeURL.problem(base: base) { throw UsageError("--base-url \(base): \(problem)") }
        while base.hasSuffix("/") { base.removeLast() }
        baseURL = base
        directory = parsed.values["out"] ?? "weights"
        progress = parsed.values["progress"].flatMap(ProgressPrinter.Style.init) ?? .auto
    }
}
