import Bytes
import Evaluation
import Options

/// One run of a sweep: what it says is kept until it is known what came of it.
final class SweptRun: Sendable {
    private let job: SweepCommand.Prepared
    /// What follows it on the same nodes.
    private let ahead: EvaluateCommand.Inputs?
    private let command: EvaluateCommand
    private let lines = Lines()
    /// Why it ended without a valid result.
    private let reasons = Lines()
    private let say: @Sendable (String) -> Void

    init(_ job: SweepCommand.Prepared, ahead: EvaluateCommand.Inputs?, say: @escaping @Sendable (String) -> Void) {
        self.job = job
        self.ahead = ahead
        self.say = say
        let given = job.command
        var command = EvaluateCommand(
            configuration: given.configuration, printer: given.printer, interrupts: given.interrupts,
            place: given.place
        ) { [lines] in lines.append($0) }
        command.onEnding = { [reasons] in reasons.append($0) }
        self.command = command
    }

    /// Evaluates; the nodes are free when it returns.
    func lead() async -> Result<EvaluateCommand.Led, any Error> {
        if !job.isComplete, let place = command.place { command.announce(place) }
        do {
            return .success(try await command.lead(job.inputs, job.canary, ahead: ahead))
        } catch {
            return .failure(error)
        }
    }

    /// Writes the run's files, and says what came of it.
    func conclude(_ led: Result<EvaluateCommand.Led, any Error>) -> SweepCommand.Outcome {
        let directory = command.configuration.outPath
        var outcome = SweepCommand.Outcome(name: job.name, directory: directory)
        do {
            let status = try status(led)
            outcome.status = status
            if status != .valid { outcome.problem = reasons.all.last ?? "exit status \(status.rawValue)" }
        } catch {
            outcome.problem = "\(error)".onOneLine
            outcome.status = error is NoSuchDevice ? .noNodeReachable : .badData
            command.printer.say("\(job.name): \(outcome.problem!)")
        }
        if outcome.status == .valid, !command.configuration.isDryRun {
            let row = try? RunRow(directory: directory)
            say(
                "\(job.name): " + (job.isComplete ? "complete already: " : "")
                    + (row.map(SweepOutput.headline) ?? "VALID"))
        } else {
            for line in lines.all where !line.isEmpty { say(line) }
        }
        return outcome
    }

    private func status(_ led: Result<EvaluateCommand.Led, any Error>) throws -> ExitStatus {
        switch try led.get() {
        case .evaluated(let found): return try command.conclude(found)
        case .over(let status):
            try command.recordResult()
            return status
        }
    }

    private final class Lines: @unchecked Sendable {
        private let lock = Lock()
        private var lines: [String] = []
        func append(_ line: String) { lock.withLock { lines.append(line) } }
        var all: [String] { lock.withLock { lines } }
    }
}
