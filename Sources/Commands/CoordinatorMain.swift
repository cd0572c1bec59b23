import Dispatch
import Bytes
import Coordinator
import Dataset
import Options
import Protocol
import SelectiveTuning

/// The whole of `stnet-coord`: reads the command line, runs a command, gives the exit status.
public enum CoordinatorMain {
    static let table = CommandTable(
        program: "stnet-coord", help: EvaluateOptions.help,
        commands: [
            ("baseline", BaselineOptions.help), ("compare", CompareCommand.help), ("demo", DemoCommand.help),
            ("report", ReportCommand.help), ("score", ScoreCommand.help), ("sweep", SweepOptions.help),
            ("table", TableCommand.help), ("weights", WeightsOptions.help),
        ])

    /// Runs the program to its end. What the process may take is looked at while it has one thread: with too little of
    /// it, the second one does not begin, and says nothing.
    public static func start(arguments: [String]) -> Never {
        if let problem = MemoryLimits.prepareProcess() {
            StandardError.writeWaiting("stnet-coord: \(problem)\n")
            exit(ExitStatus.badData.rawValue)
        }
        Task {
            let status = await run(arguments: arguments)
            exit((StandardOutput.problem.map { told($0, status, arguments) } ?? status).rawValue)
        }
        dispatchMain()
    }

    public static func run(arguments: [String]) async -> ExitStatus {
        signal(SIGPIPE, SIG_IGN)  // a reader that went away must not end a run
        signal(SIGXFSZ, SIG_IGN)  // a file-size limit is an error of that write
        do {
            if let problem = InstructionSet.settingProblem { throw UsageError(problem) }
            if let text = try table.answer(arguments) { return show(text) }
            guard let name = arguments.first, !name.hasPrefix("-") else { return try await evaluate(arguments) }
            return try await command(name, Array(arguments.dropFirst()))
        } catch {
            for line in (error as? MissingInputs)?.lines ?? ["\(error)"] { complain(line) }
            if error is UsageError {
                let command = arguments.first.flatMap { table.help(of: $0) == nil ? nil : $0 + " " } ?? ""
                StandardError.write("stnet-coord \(command)--help lists the options\n")
            }
            return status(of: error)
        }
    }

    private static func status(of error: any Error) -> ExitStatus {
        switch error {
        case is UsageError: .usage
        case NetworkError.unknownNetwork, JournalError.exists: .usage
        // No pipes or sockets are left: nothing is wrong with what was given, and later it may go.
        case is NoSuchDevice, is TransportError: .noNodeReachable
        case is KeyError: .refused
        case let error as SweepError: status(of: error.cause)
        default: .badData
        }
    }

    private static func command(_ name: String, _ arguments: [String]) async throws -> ExitStatus {
        guard let help = table.help(of: name) else {
            throw table.unknown(name, or: "; an evaluation has options only")
        }
        let operands = operands(of: name)
        let parsed = try ParsedOptions(arguments: arguments, specifications: help.options, operands: operands)
        if parsed.switches.contains("help") { return show(help.text) }
        // A sweep shows progress of its own.
        if name != "sweep" { WorkPrinter.start() }
        switch name {
        case "baseline": return try BaselineCommand(parsed).run()
        case "compare": return try CompareCommand(parsed).run()
        case "demo": return try await DemoCommand(parsed).run(evaluate: evaluate)
        case "report": return try ReportCommand(parsed).run()
        case "score": return try ScoreCommand(parsed).run()
        case "sweep": return try await sweep(parsed)
        case "table": return try TableCommand(parsed).run()
        default: return WeightsCommand(try WeightsOptions(parsed)).run()
        }
    }

    private static func operands(of command: String) -> ClosedRange<Int> {
        switch command {
        case "compare": CompareCommand.operands
        case "report": ReportCommand.operands
        case "sweep": SweepOptions.operands
        case "table": TableCommand.operands
        case "weights": WeightsOptions.operands
        default: 0...0
        }
    }

    private static func evaluate(_ arguments: [String]) async throws -> ExitStatus {
        let help = EvaluateOptions.help
        var parsed: ParsedOptions
        do {
            parsed = try ParsedOptions(arguments: arguments, specifications: help.options)
        } catch {
            guard let command = arguments.first(where: { error.description == "unexpected operand \"\($0)\"" }),
                table.help(of: command) != nil
            else { throw error }
            throw UsageError("\(error); a command stands first: stnet-coord \(command) ...")
        }
        if parsed.switches.contains("help") { return show(table.help.text) }
        if parsed.switches.contains("version") { return show("stnet \(stnetVersion)\n") }
        if let (json, path) = try configured(parsed) { try parsed.merge(configuration: json, path: path) }
        return try await evaluate(parsed)
    }

    /// The configuration file that is named, or that is there.
    private static func configured(_ parsed: ParsedOptions) throws -> (json: JSON, path: String)? {
        let path = parsed.values["config"] ?? "stnet.json"
        guard parsed.values["config"] != nil || Folder.exists(path) else { return nil }
        let bytes = try InputOption(name: "config", path: path, isDefault: parsed.values["config"] == nil).reading {
            try WholeFile.read(path: path, limit: 1 << 20)
        }
        return (try JSON.parse(bytes, source: path), path)
    }

    private static func sweep(_ parsed: ParsedOptions) async throws -> ExitStatus {
        let interrupts = Interrupts()
        let printer = ProgressPrinter(style: parsed.values["progress"].flatMap(ProgressPrinter.Style.init) ?? .auto)
        WorkMeter.observe { printer.show($0) }
        interrupts.install {
            printer.say(
                "interrupted: finishing what is running, then the table of what there is; once more stops at once")
        }
        return try await SweepCommand(
            parsed, configured: try configured(parsed), printer: printer, interrupts: interrupts
        ).run()
    }

    private static func evaluate(_ parsed: ParsedOptions) async throws -> ExitStatus {
        let configuration = try EvaluateConfiguration(parsed)
        let interrupts = Interrupts()
        let printer = ProgressPrinter(style: configuration.progress)
        WorkMeter.observe { printer.show($0) }
        interrupts.install {
            printer.say("interrupted: finishing what is running, then a partial result; once more stops at once")
        }
        return try await EvaluateCommand(configuration: configuration, printer: printer, interrupts: interrupts).run()
    }

    private static func show(_ text: String) -> ExitStatus {
        StandardOutput.write(text)
        return .valid
    }

    /// Not all of what was asked for could be written. A run's result lies in its files, and is what its status is about.
    private static func told(_ problem: String, _ status: ExitStatus, _ arguments: [String]) -> ExitStatus {
        complain(problem)
        let leavesFiles =
            arguments.first.map { $0.hasPrefix("-") || ["demo", "report", "score", "sweep", "weights"].contains($0) }
            ?? true
        let isAnswered =
            ((try? table.answer(arguments)) ?? nil) != nil
            || arguments.contains { ["--help", "--version"].contains($0) }
        return leavesFiles && !isAnswered || status != .valid ? status : .badData
    }

    private static func complain(_ text: String) {
        StandardError.say("stnet-coord", text)
    }
}
