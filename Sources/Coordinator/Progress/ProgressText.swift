import Bytes
import Options

/// What is written of a run's states and messages: a live block on a terminal, a plain line now and then elsewhere, or JSON
/// lines. A value: whoever writes the text may wait as long as it takes.
struct ProgressText: Sendable {
    enum Form: Sendable {
        case live
        case plain
        case json
    }

    let form: Form
    private var lastShown = -Double.infinity
    private var lastWaiting: String?
    private var block = LiveBlock()
    private var blockLines: [String] = []

    init(_ form: Form) { self.form = form }

    /// Nil where a state was shown a moment ago; the last state is always shown. `runSeconds` since the run began: the time of
    /// the progress itself stands still until the first lease.
    mutating func state(
        _ progress: Progress, runSeconds: Double? = nil, size: @autoclosure () -> TerminalSize
    ) -> String? {
        let isLast = progress.done == progress.total
        guard isDue(runSeconds ?? progress.elapsedSeconds, isLast: isLast) else { return nil }
        switch form {
        case .live:
            let size = size()
            return draw([TerminalText.clipped(progress.line, width: size.columns - 1)], size, isLast: isLast)
        case .json:
            return JSON.object([
                ("event", .string("progress")), ("done", .int(progress.done)), ("total", .int(progress.total)),
                ("failed", .int(progress.failed)), ("elapsed_seconds", .double(progress.elapsedSeconds)),
                ("images_per_second", .double(progress.imagesPerSecond)),
                ("seconds_left", progress.secondsLeft.map(JSON.double) ?? .null),
            ]).compact + "\n"
        case .plain: return progress.line + "\n"
        }
    }

    /// Nil where a state was shown a moment ago. A complete state and one with `isLast` are always shown, and a plain line
    /// comes at once when results stop coming or the reason becomes another.
    mutating func state(
        _ progress: FleetProgress, isLast: Bool = false, size: @autoclosure () -> TerminalSize
    ) -> String? {
        let isLast = isLast || progress.isComplete
        // Seconds and counts change all the time: they alone make no other reason.
        let waiting = progress.waitingReason?.filter { !$0.isNumber }
        let isNews = form == .plain && waiting != nil && waiting != lastWaiting
        guard isDue(progress.runSeconds, isLast: isLast || isNews) else { return nil }
        lastWaiting = waiting
        switch form {
        case .live:
            let size = size()
            return draw(progress.liveLines(size), size, isLast: isLast)
        case .json: return TerminalText.escapingControls(progress.json.compact) + "\n"
        case .plain: return progress.plainLine + "\n"
        }
    }

    /// A message, which becomes one line whatever stands in it.
    mutating func message(_ text: String, size: @autoclosure () -> TerminalSize) -> String {
        switch form {
        case .json:
            let object = JSON.object([("event", .string("message")), ("text", .string(text))])
            return TerminalText.escapingControls(object.compact) + "\n"
        case .live:
            // The message takes the block's place and the block moves below it, in one piece against flicker.
            let columns = size().columns
            let message = block.erase(columns: columns) + text.onOneLine + "\n"
            return message
                + block.draw(blockLines.map { TerminalText.clipped($0, width: columns - 1) }, columns: columns)
        case .plain: return text.onOneLine + "\n"
        }
    }

    private mutating func isDue(_ seconds: Double, isLast: Bool) -> Bool {
        let pause =
            switch form {
            case .live: 0.2
            case .json: 1.0
            case .plain: 5.0
            }
        guard isLast || seconds - lastShown >= pause else { return false }
        lastShown = seconds
        return true
    }

    private mutating func draw(_ lines: [String], _ size: TerminalSize, isLast: Bool) -> String {
        let text = block.draw(lines, columns: size.columns)
        blockLines = isLast ? [] : lines
        if isLast { block.leave() }
        return text
    }
}
