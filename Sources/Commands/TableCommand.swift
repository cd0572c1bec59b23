import Bytes
import Coordinator
import Evaluation
import Options

/// `stnet-coord table`: many runs, a row each.
public struct TableCommand: Sendable {
    /// None only with --help.
    public static let operands = 0...1000
    public static let help = HelpText(
        usage: ["stnet-coord table RUN... [options]"],
        brief: "many runs in one table, a row each",
        summary: """
            Prints one table of several runs or scores, a row each, with the whole frame and the best centred square below.
            Each RUN is the directory (--out) of a run. The first valid one sets the protocol: a run over other images or
            boxes, with another --iou, --preprocess or --class-source has a mark and a note. A run that is INVALID or
            unfinished has no numbers.
            """,
        sections: [
            (
                "Options",
                [
                    .init(
                        "format", "md|csv|json",
                        "Markdown, comma-separated values, or JSON; the last two have intervals",
                        default: "md"),
                    .init("out", "FILE", "write the table to this file", default: "print it"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        operand: ValueCandidates("RUN"),
        exits: [
            .init(ExitStatus.valid, "the table was written, and its rows can be compared"),
            .init(ExitStatus.invalid, "it was written, and a run is INVALID, unfinished or under another protocol"),
            .init(ExitStatus.usage, "wrong command line"),
            .init(ExitStatus.badData, "not a run's directory, or --out cannot be written"),
        ],
        manual: ManualDetails(
            examples: [
                .init(
                    "All runs in a folder, for a spreadsheet:",
                    "stnet-coord table results/*/ --format csv --out runs.csv")
            ],
            documents: ["docs/evaluation.md", "docs/files.md"]))

    private let parsed: ParsedOptions

    public init(_ parsed: ParsedOptions) { self.parsed = parsed }

    /// Prints or writes the table. Throws `UsageError` or what is wrong with a directory.
    public func run(
        say: (String) -> Void = { StandardOutput.write($0) }, width: Int? = nil
    ) throws -> ExitStatus {
        guard !parsed.positionals.isEmpty else { throw UsageError("table needs the directories of runs, none given") }
        let format = parsed.values["format"] ?? "md"
        let out = parsed.values["out"]
        if let out {
            try NewFile.check(out, as: "--out \(out)", kind: "table of runs") { bytes in
                switch format {
                case "csv": RunTable.isCSV(bytes)
                case "json": RunTable.isJSON(bytes)
                default: RunTable.isMarkdown(bytes)
                }
            }
        }
        let table = RunTable(try parsed.positionals.map { try RunRow(directory: $0) })
        let text =
            switch format {
            case "csv": table.csv
            case "json": table.json.pretty
            default: table.markdown
            }
        if let out {
            try AtomicFile.write(path: out, text: text)
            say(out + "\n")
        } else if format == "md",
            let width = width ?? (isatty(STDOUT_FILENO) == 1 ? TerminalSize.ofStandardOutput.columns : nil)
        {
            say(table.plain(width: width))
        } else {
            say(text)
        }
        return table.rows.allSatisfy(table.isComparable) ? .valid : .invalid
    }
}
