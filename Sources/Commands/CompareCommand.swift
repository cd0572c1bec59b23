import Bytes
import Coordinator
import Evaluation
import Options

/// `stnet-coord compare`: two finished runs over the same images.
public struct CompareCommand: Sendable {
    /// None only with --help.
    public static let operands = 0...2
    public static let help = HelpText(
        usage: ["stnet-coord compare RUN_A RUN_B [options]"],
        brief: "two runs over the same images, image by image",
        summary: """
            Compares two finished runs image by image: which images both, only one or neither gets right, with McNemar's
            test. RUN_A and RUN_B are the directories (--out) of valid runs over the same images.
            """,
        sections: [
            (
                "Options",
                [
                    .init("list", "FILE.csv", "write the images whose answer changed, one a line"),
                    .init("json", nil, "print JSON"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        operand: ValueCandidates("RUN_A"),
        exits: [
            .init(ExitStatus.valid, "the comparison was printed"), .init(ExitStatus.usage, "wrong command line"),
            .init(
                ExitStatus.badData,
                "not the directory of a valid run, runs over different images, or --list cannot be written"),
        ],
        manual: ManualDetails(
            examples: [
                .init(
                    "What --preset sharp changes:",
                    "stnet-coord compare results/googlenet results/sharp --list changed.csv")
            ],
            documents: ["docs/evaluation.md", "docs/running.md"]))

    private let parsed: ParsedOptions

    public init(_ parsed: ParsedOptions) { self.parsed = parsed }

    /// Prints the comparison. Throws what is wrong with a run, or that they are about different images.
    public func run(
        say: (String) -> Void = { StandardOutput.write($0) }, width: Int = TerminalSize.ofStandardOutput.columns
    ) throws -> ExitStatus {
        guard parsed.positionals.count == 2 else {
            throw UsageError("compare needs the directories of two runs, \(parsed.positionals.count) given")
        }
        if let path = parsed.values["list"] {
            try NewFile.check(path, as: "--list \(path)", kind: "list of changed images") {
                $0.starts(with: RunComparison.csvHeading.utf8)
            }
        }
        let runs = try parsed.positionals.map { try FinishedRun(directory: $0) }
        let comparison = try RunComparison(first: runs[0].records, second: runs[1].records)
        if let path = parsed.values["list"] { try AtomicFile.write(path: path, text: comparison.changedCSV) }
        let haveSameFiles = runs[0].filesSHA256.flatMap { first in runs[1].filesSHA256.map { $0 == first } }
        if parsed.switches.contains("json") {
            say(Self.json(runs, comparison, haveSameFiles: haveSameFiles).pretty)
            return .valid
        }
        func tell(_ text: String) {
            for line in text.onOneLine.wrapped(width: width, indent: "  ") { say(line + "\n") }
        }
        for (name, run) in zip(["A", "B"], runs) {
            tell("\(name): \(run.directory): \(run.title), \(run.records.count) images")
        }
        // Older runs did not write down what they were asked to do.
        if runs.allSatisfy({ !$0.fingerprint.isEmpty }) {
            let differences = Self.differences(runs[0], runs[1])
            tell(differences.isEmpty ? "A and B were asked to do the same." : "A and B differ in \(differences).")
        }
        if let first = runs[0].iou, let second = runs[1].iou, first != second {
            tell("The runs' IoU is not the same measure: \(first) in A, \(second) in B.")
        }
        if haveSameFiles == false {
            tell(
                "The runs evaluated different image files under the same ids: what differs below may be the pixels' doing."
            )
        }
        say("\n" + comparison.plain(first: "A", second: "B", width: width))
        let shown = comparison.changed.prefix(10).map(\.first.id).joined(separator: ", ")
        if !comparison.changed.isEmpty {
            let more = comparison.changed.count > 10 ? ", ..." : ""
            tell(
                "\(comparison.changed.count) images changed\(parsed.values["list"] == nil ? " (--list FILE.csv has them)" : ""): \(shown)\(more)"
            )
        }
        return .valid
    }

    /// What A and B are, before what they found.
    private static func json(
        _ runs: [FinishedRun], _ comparison: RunComparison, haveSameFiles: Bool?
    ) -> JSON {
        let described = runs.map { run in
            JSON.object([
                ("directory", .string(run.directory)), ("title", .string(run.title)),
                ("fingerprint", .object(run.fingerprint.map { ($0.name, .string($0.value)) })),
            ])
        }
        return .object(
            [("runs", .array(described))] + (comparison.json(haveSameFiles: haveSameFiles).objectValue ?? []))
    }

    /// "preset: reference and sharp"; empty where the runs were asked to do the same.
    private static func differences(_ first: FinishedRun, _ second: FinishedRun) -> String {
        func fingerprint(_ run: FinishedRun) -> JournalFingerprint {
            var fingerprint = JournalFingerprint()
            for (name, value) in run.fingerprint { fingerprint.take(name, value) }
            return fingerprint
        }
        return RunDifferences.text(fingerprint(second).differences(from: fingerprint(first)), isNow: false)
    }
}
