import Bytes

/// Shows long pieces of work on standard error: one line that is drawn over again on a terminal and vanishes, elsewhere a
/// line every ten seconds.
public final class WorkPrinter: @unchecked Sendable {
    private let isLive: Bool
    private let write: @Sendable (String) -> Void
    private let lock = Lock()
    private var text: WorkText
    private var block = LiveBlock()

    /// `write` and `isLive` are for tests.
    package init(isLive: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isLive = isLive
        self.write = write
        text = WorkText(isLive: isLive)
    }

    /// Shows all work of this process from now on.
    public static func start() {
        let printer = WorkPrinter(isLive: LiveTerminal.isStandardError) { StandardError.write($0) }
        WorkMeter.observe { printer.show($0) }
    }

    package func show(_ work: Work) {
        lock.withLock {
            let columns = TerminalSize.ofStandardError.columns
            if let line = text.line(work) {
                write(
                    isLive
                        ? block.draw([TerminalText.clipped(line, width: columns - 1)], columns: columns) : line + "\n")
            } else if work.isOver {
                // What is said next stands in its place.
                let erased = block.erase(columns: columns)
                if !erased.isEmpty { write(erased) }
            }
        }
    }
}
