import Bytes
import Foundation
import Options

/// Shows progress on standard error: a live block on a terminal, a plain line now and then elsewhere, or JSON lines.
public final class ProgressPrinter: @unchecked Sendable {
    public enum Style: String, CaseIterable, Sendable {
        case auto
        case plain
        case json
    }

    private let isLive: Bool
    private let isJSON: Bool
    private let write: @Sendable (String) -> Void
    private let terminalSize: @Sendable () -> TerminalSize
    private let lock = NSLock()
    private var lastShown = -Double.infinity
    private var lastWaiting: String?
    private var block = LiveBlock()
    private var blockLines: [String] = []

    /// Writes to standard error by default. `terminal` says that `write` goes to a terminal and how large that is now.
    public init(
        style: Style, write: (@Sendable (String) -> Void)? = nil, terminal: (@Sendable () -> TerminalSize)? = nil
    ) {
        isLive = style == .auto && (terminal != nil || write == nil && isatty(STDERR_FILENO) == 1)
        isJSON = style == .json
        self.write = write ?? { StandardError.write($0) }
        terminalSize = terminal ?? { .ofStandardError }
    }

    /// Shows a state, unless one was shown a moment ago; the last state is always shown. `runSeconds` since the run
    /// began: the time of the progress itself stands still until the first lease.
    public func show(_ progress: Progress, runSeconds: Double? = nil) {
        lock.withLock {
            let isLast = progress.done == progress.total
            guard isDue(runSeconds ?? progress.elapsedSeconds, isLast: isLast) else { return }
            if isLive {
                draw([TerminalText.clipped(progress.line, width: terminalSize().columns - 1)], isLast: isLast)
            } else if isJSON {
                write(
                    JSON.object([
                        ("event", .string("progress")), ("done", .int(progress.done)), ("total", .int(progress.total)),
                        ("failed", .int(progress.failed)), ("elapsed_seconds", .double(progress.elapsedSeconds)),
                        ("images_per_second", .double(progress.imagesPerSecond)),
                        ("seconds_left", progress.secondsLeft.map(JSON.double) ?? .null),
                    ]).compact + "\n")
            } else {
                write(progress.line + "\n")
            }
        }
    }

    /// Shows a state, unless one was shown a moment ago. A complete state and one with `isLast` are always shown, and
    /// a plain line comes at once when results stop coming or the reason becomes another.
    public func show(_ progress: FleetProgress, isLast: Bool = false) {
        lock.withLock {
            let isLast = isLast || progress.isComplete
            // Seconds and counts change all the time: they alone make no other reason.
            let waiting = progress.waitingReason?.filter { !$0.isNumber }
            let isNews = !isLive && !isJSON && waiting != nil && waiting != lastWaiting
            guard isDue(progress.runSeconds, isLast: isLast || isNews) else { return }
            lastWaiting = waiting
            if isLive {
                draw(progress.liveLines(terminalSize()), isLast: isLast)
            } else if isJSON {
                write(TerminalText.escapingControls(progress.json.compact) + "\n")
            } else {
                write(progress.plainLine + "\n")
            }
        }
    }

    /// A message of its own lines, at once; control characters in it do not reach a terminal.
    public func say(_ text: String) {
        lock.withLock {
            let columns = terminalSize().columns
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(TerminalText.sanitized)
            if isJSON {
                let object = JSON.object([("event", .string("message")), ("text", .string(text))])
                write(TerminalText.escapingControls(object.compact) + "\n")
            } else if isLive {
                // The message takes the block's place and the block moves below it, in one piece against flicker.
                let message = block.erase(columns: columns) + lines.joined(separator: "\n") + "\n"
                let width = columns - 1
                write(message + block.draw(blockLines.map { TerminalText.clipped($0, width: width) }, columns: columns))
            } else {
                write(lines.joined(separator: "\n") + "\n")
            }
        }
    }

    private func isDue(_ seconds: Double, isLast: Bool) -> Bool {
        let pause = isLive ? 0.2 : isJSON ? 1 : 5
        guard isLast || seconds - lastShown >= pause else { return false }
        lastShown = seconds
        return true
    }

    private func draw(_ lines: [String], isLast: Bool) {
        write(block.draw(lines, columns: terminalSize().columns))
        blockLines = isLast ? [] : lines
        if isLast { block.leave() }
    }
}
