import Bytes
import Evaluation
import Options

/// `stnet-coord sweep`: several runs over the same images and nodes, one after the other, and what they come to together.
public struct SweepCommand: Sendable {
    private let parsed: ParsedOptions
    private let configured: (json: JSON, path: String)?
    private let printer: ProgressPrinter
    private let interrupts: Interrupts
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - configured: a configuration file's content and path.
    ///   - say: prints results to standard output.
    public init(
        _ parsed: ParsedOptions, configured: (json: JSON, path: String)? = nil, printer: ProgressPrinter? = nil,
        interrupts: Interrupts = Interrupts(), say: @escaping @Sendable (String) -> Void = { StandardOutput.say($0) }
    ) {
        self.parsed = parsed
        self.configured = configured
        let printer =
            printer ?? ProgressPrinter(style: parsed.values["progress"].flatMap(ProgressPrinter.Style.init) ?? .auto)
        self.printer = printer
        self.interrupts = interrupts
        self.say = { line in
            printer.flush()
            say(line)
        }
    }

    /// A job whose inputs were read and found good.
    struct Prepared {
        let name: String
        let command: EvaluateCommand
        let inputs: EvaluateCommand.Inputs
        /// Whether its result was there before.
        let isComplete: Bool
        let canary: PreparedCanary?
    }

    /// What became of a job.
    struct Outcome {
        let name: String
        var directory: String
        /// Nil where it was not begun.
        var status: ExitStatus?
        /// Why it left no result.
        var problem: String?
    }

    /// Runs all jobs. Throws what is wrong with any of them before the first begins.
    public func run() async throws -> ExitStatus {
        defer { printer.flush() }
        guard parsed.positionals.count == 1, let path = parsed.positionals.first else {
            throw UsageError("sweep needs one file of jobs, \(parsed.positionals.count) given")
        }
        if parsed.switches.contains("resume"), parsed.values["out"] == nil {
            throw UsageError("--resume needs --out, the directory of the sweep")
        }
        var out = parsed.values["out"] ?? EvaluateConfiguration.newDirectory("sweep")
        while out.count > 1, out.hasSuffix("/") { out.removeLast() }
        let file = try SweepFile(path: path, options: parsed, specifications: SweepOptions.help.options)
        let output = SweepOutput(directory: out, title: Self.title(path))
        try output.check(resultsPath: parsed.values["results-file"])
        let prepared = try prepare(file, out)
        if interrupts.isInterrupted { return .invalid }
        let isDryRun = prepared.contains { $0.command.configuration.isDryRun }
        let lock = isDryRun ? nil : try output.lock()
        defer { lock?.release() }
        let outcomes = await lead(prepared)
        if isDryRun { return status(outcomes) }
        try output.write(outcomes, prepared, say: say)
        if outcomes.contains(where: { $0.status != .valid }) {
            say("to go on: the same command with --resume --out \(out)")
        }
        say("comparison: \(out)/\(ComparisonPage.name)")
        return status(outcomes)
    }

    /// The file's name, without its end.
    private static func title(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
    }

    /// Reads and checks what every job needs; evaluates nothing.
    private func prepare(_ file: SweepFile, _ out: String) throws -> [Prepared] {
        var jobs: [SweepJob] = []
        for job in file.jobs { jobs.append(try SweepJob(job, file, out: out, configured: configured)) }
        printer.say("stnet \(stnetVersion): \(jobs.count) job\(jobs.count == 1 ? "" : "s") of \(file.path)")
        let manifests = ReadManifests()
        var prepared: [Prepared] = []
        for (place, job) in jobs.enumerated() {
            do {
                let command = EvaluateCommand(
                    configuration: job.configuration, printer: printer, interrupts: interrupts,
                    place: SweepPlace(job: job.name, number: place + 1, count: jobs.count, out: out), say: { _ in })
                try command.checkResultsFile()
                let inputs = try command.readInputs(manifests)
                let isComplete = try command.check(inputs)
                if place == 0 { try command.checkFleet(inputs) }
                prepared.append(
                    Prepared(
                        name: job.name, command: command, inputs: inputs, isComplete: isComplete,
                        canary: isComplete ? nil : command.canary(inputs)))
            } catch {
                throw SweepJob.located(error, file.path, job.name)
            }
        }
        return prepared
    }

    /// One job after the other; none is lost by another's failure. While the files of one are written, the nodes get ready for the
    /// next.
    private func lead(_ prepared: [Prepared]) async -> [Outcome] {
        var outcomes: [Outcome] = []
        var last: BackgroundWork<Outcome>?
        for (place, job) in prepared.enumerated() {
            guard !interrupts.isInterrupted else {
                if let ended = await last?.value { outcomes.append(ended) }
                last = nil
                outcomes.append(
                    Outcome(
                        name: job.name, directory: job.command.configuration.outPath,
                        problem: "the sweep was interrupted before"))
                continue
            }
            // What this machine computes itself for the next job is there when its nodes are ready, and they have its weights.
            let rest = prepared[(place + 1)...]
            rest.first { $0.canary != nil }?.canary?.begin()
            let weights = job.inputs.job.weights
            let ahead = rest.first { !$0.isComplete && $0.inputs.job.weights != weights }
            let run = SweptRun(job, ahead: ahead?.inputs, say: say)
            let led = await run.lead()
            if let ended = await last?.value { outcomes.append(ended) }
            last = BackgroundWork("stnet.conclusion") { run.conclude(led) }
        }
        if let ended = await last?.value { outcomes.append(ended) }
        return outcomes
    }

    /// 0 where every run is valid; where none is and all ended alike, that; else 1.
    private func status(_ outcomes: [Outcome]) -> ExitStatus {
        let statuses = Set(outcomes.map(\.status))
        if statuses == [.valid] { return .valid }
        if statuses.count == 1, let only = statuses.first, let only { return only }
        return .invalid
    }
}
