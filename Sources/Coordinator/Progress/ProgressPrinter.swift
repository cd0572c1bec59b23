import Bytes
import Options

/// Shows progress and messages on standard error. Whoever calls never waits: a terminal that was stopped or a pipe that nobody
/// reads holds up a thread that does nothing else.
public final class ProgressPrinter: Sendable {
    public enum Style: String, CaseIterable, Sendable {
        case auto
        case plain
        case json
    }

    private enum State: Sendable {
        case run(FleetProgress)
        case work(Work)
    }

    private let output: OutputThread<State>
    private let patienceSeconds: Double

    /// Writes to standard error by default. `terminal` says that `write` goes to a terminal and how large that is now.
    /// `patienceSeconds`: for how long `flush` waits for somebody who does not read.
    public init(
        style: Style, patienceSeconds: Double = StandardError.patienceSeconds,
        write: (@Sendable (String) -> Void)? = nil, terminal: (@Sendable () -> TerminalSize)? = nil
    ) {
        let isLive = style == .auto && (terminal != nil || write == nil && LiveTerminal.isStandardError)
        let write = write ?? { StandardError.writeWaiting($0) }
        let size = terminal ?? { .ofStandardError }
        self.patienceSeconds = patienceSeconds
        // On the output's thread only.
        nonisolated(unsafe) var text = ProgressText(isLive ? .live : style == .json ? .json : .plain)
        output = OutputThread(name: "stnet.progress") { item in
            let written: String? =
                switch item {
                case .line(let line): text.message(line, size: size())
                case .leftOut(let count): text.message(StandardError.leftOut(count), size: size())
                case .state(.run(let progress)): text.state(progress, size: size())
                case .state(.work(let work)): text.state(work, size: size())
                }
            if let written { write(written) }
        }
    }

    /// Shows a state, unless one was shown a moment ago or a later one comes before it can be shown. The last state is
    /// always shown, and a plain line comes at once when results stop coming or the reason becomes another.
    public func show(_ progress: FleetProgress) { output.post(state: .run(progress)) }

    /// Shows a long piece of work that is not the evaluation.
    public func show(_ work: Work) { output.post(state: .work(work)) }

    /// A message, on a line of its own whatever stands in it.
    public func say(_ text: String) { output.post(line: text) }

    /// Waits until all is written, but not for ever: what is said elsewhere comes behind it.
    public func flush() { output.flush(seconds: patienceSeconds) }
}
