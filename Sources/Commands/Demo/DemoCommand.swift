import Bytes
import Coordinator
import Dataset
import Evaluation
import Options

/// `stnet-coord demo`: a whole evaluation from nothing, for whoever wants to see one.
struct DemoCommand {
    static let help = HelpText(
        usage: ["stnet-coord demo [options]"],
        brief: "a whole evaluation from nothing, to see one",
        summary: """
            Shows a whole evaluation: draws 200 pictures of ten classes of objects into DIR-pictures, evaluates them with the
            small network that comes along, and prints the path of the report. On a desktop it opens the report in the browser;
            with STNET_OPEN=no in the environment it does not.
            """,
        sections: [
            (
                "Options",
                [
                    .init("out", "DIR", "the directory for the results", default: "results/demo"),
                    .init("force", nil, "replace the result in --out"), .init("help", nil, "print the help"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "the run is valid, or was complete already"),
            .init(ExitStatus.invalid, "the run is invalid, or was interrupted"),
            .init(ExitStatus.usage, "wrong command line"),
            .init(ExitStatus.badData, "files that are not the demonstration's are in the way, or none can be written"),
        ],
        manual: ManualDetails(
            environment: [
                .init(
                    "DISPLAY, WAYLAND_DISPLAY",
                    "One of them is set where there is a desktop, whose xdg-open is asked to open the report."),
                .init("STNET_OPEN, CI", "The report is not opened where STNET_OPEN is no, 0 or never, or CI is set."),
                .instructionSet,
                .terminal,
            ],
            examples: [.init("Once more, in the place of the last result:", "stnet-coord demo --force")],
            documents: ["docs/report.md"]))

    /// What `make run` and the tests of the archive know the digest of.
    static let count = 200
    static let seed: UInt64 = 2017

    private let out: String
    private let forces: Bool

    init(_ parsed: ParsedOptions) {
        var out = parsed.values["out"] ?? "results/demo"
        while out.count > 1, out.hasSuffix("/") { out.removeLast() }
        self.out = out
        forces = parsed.switches.contains("force")
    }

    /// - Parameters:
    ///   - program: the path of this program, near which the network lies.
    ///   - count: pictures.
    ///   - evaluate: runs an evaluation with these options.
    ///   - show: opens a page; gives whether it did.
    func run(
        program: String = DemoFiles.program, count: Int = count, say: (String) -> Void = { StandardOutput.say($0) },
        show: (String) -> Bool = { Desktop.current?.open($0) ?? false },
        evaluate: (ParsedOptions) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        guard let files = DemoFiles(program: program) else {
            throw NewFile.Refusal(
                "\(program): neither share/stnet/Demo nor Demo with the demonstration's network lies in a folder above it: "
                    + "run the program where it was unpacked, installed or built")
        }
        let pictures = "\(out)-pictures"
        if let name = try DemoPictures.foreignFile(in: pictures) {
            throw NewFile.Refusal(
                "\(pictures): holds \(name), which is no demo picture's: choose another --out, or remove it")
        }
        try DemoPictures.generate(
            count: count, seed: Self.seed, to: pictures, names: DemoPictures.classNames)
        say("\(count) pictures in \(pictures)")
        let status = try await evaluate(
            ParsedOptions(
                arguments: [
                    "--images", "\(pictures)/images", "--annotations", "\(pictures)/annotations", "--network",
                    files.network, "--weights", files.weights, "--out", out, forces ? "--force" : "--resume",
                ], specifications: EvaluateOptions.help.options))
        let page = "\(out)/\(Report.name)"
        if status == .valid, access(page, R_OK) == 0, show(page) { say("opening it in the browser") }
        return status
    }
}
