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
        summary: """
            Fetches the weights that torchvision publishes for a network and checks that their SHA-256 begins as published.
            A fetch that was interrupted goes on where it stopped. Without a name, lists what can be fetched.
            """,
        sections: [
            (
                "Options",
                [
                    .init("out", "DIR", "where the files go", default: "weights, where an evaluation looks"),
                    .init(
                        "base-url", "URL", "a mirror: https, or http on loopback",
                        default: PublishedWeights.publishedBaseURL),
                    .init("progress", "auto|plain", "a line redrawn on a terminal, else lines; lines", default: "auto"),
                    .init("help", nil, "this text"),
                ]
            )
        ],
        footer: """
            Exit status: 0 the files are there, 64 usage, 65 wrong digest, another file in the way or one that cannot be
            written, 69 the server cannot be reached or does not give the file.
            """)

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
                let known = PublishedWeights.all.map(\.network).joined(separator: ", ")
                throw UsageError(
                    "no weights are published for \"\(name)\": expected \(known), or all"
                        + Suggestion.question(for: name, among: PublishedWeights.all.map(\.network)))
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
