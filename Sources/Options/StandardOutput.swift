import Bytes

/// What a program was asked for. Unlike `print`, it knows whether it was written: a full disk behind a redirection is no
/// success.
public enum StandardOutput {
    /// The first thing that was in the way.
    private final class Failure: @unchecked Sendable {
        private let lock = Lock()
        private var code: Int32?

        func write(_ text: String) {
            var text = text
            lock.withLock {
                // What follows a hole would be taken for the whole.
                guard code == nil else { return }
                code = text.withUTF8 { WholeTransfer.write(UnsafeRawBufferPointer($0), to: STDOUT_FILENO).code }
            }
        }

        var first: Int32? { lock.withLock { code } }
    }

    private static let failure = Failure()

    /// Text as it is.
    public static func write(_ text: String) { failure.write(text) }

    /// A line.
    public static func say(_ line: String) { failure.write(line + "\n") }

    /// Why not all was written; nil where it was, or where whoever read it has gone, as after `| head`.
    public static var problem: String? {
        guard let code = failure.first, code != EPIPE else { return nil }
        return FileError(path: "standard output", operation: "write", code: code).description
    }
}
