import Bytes
import Coordinator
import Options

/// Shows a fetch on standard error: a line that is drawn over again on a terminal, elsewhere one every ten seconds.
final class FetchPrinter: @unchecked Sendable {
    private let isLive: Bool
    private let write: @Sendable (String) -> Void
    private let lock = Lock()
    private var lastShown = -Double.infinity
    private var block = LiveBlock()

    /// Writes to standard error by default; live where that is a terminal and `style` is `auto`.
    init(style: ProgressPrinter.Style, write: (@Sendable (String) -> Void)? = nil) {
        isLive = style == .auto && write == nil && LiveTerminal.isStandardError
        self.write = write ?? { StandardError.write($0) }
    }

    /// Shows a state, unless one was shown a moment ago; the whole file is always shown.
    func show(_ progress: FetchProgress, at time: Double) {
        lock.withLock {
            guard time - lastShown >= (isLive ? 0.2 : 10) || progress.count == progress.total else { return }
            lastShown = time
            guard isLive else { return write(progress.line + "\n") }
            let columns = TerminalSize.ofStandardError.columns
            write(block.draw([TerminalText.clipped(progress.line, width: columns - 1)], columns: columns))
        }
    }

    /// A line of its own.
    func say(_ text: String) {
        lock.withLock {
            let erased = isLive ? block.erase(columns: TerminalSize.ofStandardError.columns) : ""
            write(erased + text.onOneLine + "\n")
        }
    }

    /// What is shown stays; the next file gets a line of its own.
    func leave() {
        lock.withLock {
            block.leave()
            lastShown = -Double.infinity
        }
    }
}
