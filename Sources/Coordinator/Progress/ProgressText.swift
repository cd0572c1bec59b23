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
    private var lastShown: Double
    /// The tenth of the images that the last state was in.
    private var lastTenth: Int?
    private var lastWaiting: String?
    /// While a run goes on, what it shows is the run.
    private var isRunning = false
    private var work: WorkText
    private var block = LiveBlock()
    private var blockLines: [String] = []

    init(_ form: Form) {
        self.form = form
        work = WorkText(isLive: form != .plain)
        // Lines that stay begin when there is something to say.
        lastShown = form == .plain ? 0 : -Double.infinity
    }

    /// Nil where a state was shown a moment ago. The last one is always shown, and a plain line comes at once when results
    /// stop coming or the reason becomes another.
    mutating func state(_ progress: FleetProgress, size: @autoclosure () -> TerminalSize) -> String? {
        // Seconds and counts change all the time: they alone make no other reason.
        let waiting = progress.waitingReason?.filter { !$0.isNumber }
        let isNews = form == .plain && waiting != nil && waiting != lastWaiting
        isRunning = !progress.isOver
        guard isDue(progress, isNews: isNews) else { return nil }
        lastWaiting = waiting
        switch form {
        case .live where progress.isNothing:
            blockLines = []
            return block.erase(columns: size().columns)
        case .plain where progress.isNothing: return nil
        case .live:
            let size = size()
            return draw(progress.liveLines(size), size, isLast: progress.isOver)
        case .json: return TerminalText.escapingControls(progress.json.compact) + "\n"
        case .plain: return progress.plainLine + "\n"
        }
    }

    /// How far something is that takes long before or behind the evaluation. On a terminal its line vanishes when it is over.
    mutating func state(_ work: Work, size: @autoclosure () -> TerminalSize) -> String? {
        guard !isRunning else { return nil }
        let line = self.work.line(work)
        switch form {
        case .live:
            let size = size()
            if let line { return draw([TerminalText.clipped(line, width: size.columns - 1)], size, isLast: false) }
            guard work.isOver, !blockLines.isEmpty else { return nil }
            blockLines = []
            return block.erase(columns: size.columns)
        case .json:
            guard line != nil else { return nil }
            let object = JSON.object([
                ("event", .string("work")), ("name", .string(work.name)), ("done", .int(work.done)),
                ("total", work.total.map(JSON.int) ?? .null), ("unit", .string(work.unit)),
                ("elapsed_seconds", .double(work.seconds)),
            ])
            return TerminalText.escapingControls(object.compact) + "\n"
        case .plain: return line.map { $0.onOneLine + "\n" }
        }
    }

    /// A message, which becomes one line whatever stands in it; on a terminal, lines that are broken between words.
    mutating func message(_ text: String, size: @autoclosure () -> TerminalSize) -> String {
        switch form {
        case .json:
            let object = JSON.object([("event", .string("message")), ("text", .string(text))])
            return TerminalText.escapingControls(object.compact) + "\n"
        case .live:
            // The message takes the block's place and the block moves below it, in one piece against flicker.
            let columns = size().columns
            let line = text.onOneLine
            let lines = line.unicodeScalars.count > columns ? line.wrapped(width: columns, indent: "  ") : [line]
            return block.erase(columns: columns) + lines.map { $0 + "\n" }.joined()
                + block.draw(blockLines.map { TerminalText.clipped($0, width: columns - 1) }, columns: columns)
        case .plain: return text.onOneLine + "\n"
        }
    }

    private mutating func isDue(_ progress: FleetProgress, isNews: Bool) -> Bool {
        let since = progress.runSeconds - lastShown
        let isDue: Bool
        switch form {
        case .live: isDue = since >= 0.2
        case .json: isDue = since >= 1
        case .plain:
            // Of a short run each tenth is told, of a long one it is no more often than this.
            let tenth = progress.overall.total > 0 ? progress.overall.done * 10 / progress.overall.total : 0
            // That each has a result is said at the end.
            isDue = since >= 10 || since >= 1 && tenth != lastTenth ?? tenth && !progress.isComplete
            if lastTenth == nil || isDue { lastTenth = tenth }
        }
        guard isDue || isNews || progress.isOver else { return false }
        lastShown = progress.runSeconds
        return true
    }

    private mutating func draw(_ lines: [String], _ size: TerminalSize, isLast: Bool) -> String {
        let text = block.draw(lines, columns: size.columns)
        blockLines = isLast ? [] : lines
        if isLast { block.leave() }
        return text
    }
}
