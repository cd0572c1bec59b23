import Bytes
import Foundation
import Options

/// Shows progress on standard error: one live line on a terminal, a plain line now and then elsewhere, or JSON lines.
public final class ProgressPrinter: @unchecked Sendable {
    public enum Style: String, CaseIterable, Sendable {
        case auto
        case plain
        case json
    }

    private let isLive: Bool
    private let isJSON: Bool
    private let write: @Sendable (String) -> Void
    private let lock = NSLock()
    private var lastShown = -Double.infinity
    private var lineIsOpen = false

    public init(style: Style, write: (@Sendable (String) -> Void)? = nil) {
        isLive = style == .auto && isatty(STDERR_FILENO) == 1
        isJSON = style == .json
        self.write = write ?? { StandardError.write($0) }
    }

    /// Shows a state, unless one was shown a moment ago; the last state is always shown.
    public func show(_ progress: Progress) {
        lock.withLock {
            let pause = isLive ? 0.2 : isJSON ? 1 : 5
            let isLast = progress.done == progress.total
            guard isLast || progress.elapsedSeconds - lastShown >= pause else { return }
            lastShown = progress.elapsedSeconds
            if isLive {
                write("\r\u{1B}[2K" + progress.line + (isLast ? "\n" : ""))
                lineIsOpen = !isLast
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

    /// A message of its own line.
    public func say(_ text: String) {
        lock.withLock {
            if lineIsOpen { write("\n") }
            lineIsOpen = false
            write(
                isJSON
                    ? JSON.object([("event", .string("message")), ("text", .string(text))]).compact + "\n" : text + "\n"
            )
        }
    }
}
