import Bytes
import Dataset
import Foundation
import Node
import Options
import Protocol
import SelectiveTuning

/// The whole of `stnet-coord`: reads the command line, runs a command, gives the exit status.
public enum CoordinatorMain {
    public static func run(arguments: [String]) async -> ExitStatus {
        signal(SIGPIPE, SIG_IGN)  // a reader that went away must not end a run
        signal(SIGXFSZ, SIG_IGN)  // a file-size limit is an error of that write
        do {
            if arguments.first == "baseline" {
                let help = BaselineOptions.help
                let parsed = try ParsedOptions(arguments: Array(arguments.dropFirst()), specifications: help.options)
                if parsed.switches.contains("help") { return show(help.text) }
                return try BaselineCommand(parsed).run()
            }
            if arguments.first == "score" {
                let help = ScoreCommand.help
                let parsed = try ParsedOptions(arguments: Array(arguments.dropFirst()), specifications: help.options)
                if parsed.switches.contains("help") { return show(help.text) }
                return try ScoreCommand(parsed).run()
            }
            if arguments.first == "compare" { return try compare(Array(arguments.dropFirst())) }
            if arguments.first == "report" { return try report(Array(arguments.dropFirst())) }
            if arguments.first == "weights" { return try weights(Array(arguments.dropFirst())) }
            return try await evaluate(arguments)
        } catch let error as UsageError {
            complain("\(error)\nstnet-coord --help lists the options")
            return .usage
        } catch let error as NetworkError {
            complain("\(error)")
            if case .unknownNetwork = error { return .usage }
            return .badData
        } catch let error as ProgramError {  // of the embedded node: no such GPU
            complain("\(error)")
            return .noNodeReachable
        } catch let error as KeyError {
            complain("\(error)")
            return .refused
        } catch let error as JournalError {
            complain("\(error)")
            if case .exists = error { return .usage }
            return .badData
        } catch {
            complain("\(error)")
            return .badData
        }
    }

    private static func evaluate(_ arguments: [String]) async throws -> ExitStatus {
        let help = EvaluateOptions.help
        if let first = arguments.first, !first.hasPrefix("-") {
            throw UsageError(
                "unknown command \"\(first)\": expected baseline, compare, report, score, weights, or options")
        }
        var parsed = try ParsedOptions(arguments: arguments, specifications: help.options)
        if parsed.switches.contains("help") { return show(help.text) }
        if parsed.switches.contains("version") { return show("stnet \(stnetVersion)\n") }
        let path = parsed.values["config"] ?? "stnet.json"
        if parsed.values["config"] != nil || FileManager.default.fileExists(atPath: path) {
            let bytes = try WholeFile.read(path: path, limit: 1 << 20)
            try parsed.merge(configuration: try JSON.parse(bytes, source: path), path: path)
        }
        let configuration = try EvaluateConfiguration(parsed)
        let interrupts = Interrupts()
        let printer = ProgressPrinter(style: configuration.progress)
        interrupts.install {
            printer.say("interrupted: finishing what is running, then a partial result; once more stops at once")
        }
        return try await EvaluateCommand(configuration: configuration, printer: printer, interrupts: interrupts).run()
    }

    private static func compare(_ arguments: [String]) throws -> ExitStatus {
        let help = CompareCommand.help
        let parsed = try ParsedOptions(
            arguments: arguments, specifications: help.options, operands: CompareCommand.operands)
        if parsed.switches.contains("help") { return show(help.text) }
        return try CompareCommand(parsed).run()
    }

    private static func report(_ arguments: [String]) throws -> ExitStatus {
        let help = ReportCommand.help
        let parsed = try ParsedOptions(
            arguments: arguments, specifications: help.options, operands: ReportCommand.operands)
        if parsed.switches.contains("help") { return show(help.text) }
        return try ReportCommand(parsed).run()
    }

    private static func weights(_ arguments: [String]) throws -> ExitStatus {
        let help = WeightsOptions.help
        let parsed = try ParsedOptions(
            arguments: arguments, specifications: help.options, operands: WeightsOptions.operands)
        if parsed.switches.contains("help") { return show(help.text) }
        return WeightsCommand(try WeightsOptions(parsed), survivesTraps: true).run()
    }

    private static func show(_ text: String) -> ExitStatus {
        print(text, terminator: "")
        return .valid
    }

    private static func complain(_ text: String) {
        StandardError.write("stnet-coord: \(text)\n")
    }
}
