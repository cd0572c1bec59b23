import Bytes
import Options

/// A log for programs: each line a JSON object with the time, a level, a constant message and dotted keys such as
/// "node.name" and "lease.id". What varies is in the keys alone, so that lines can be counted by their message.
///
/// A log that cannot be written does not end a run: that is reported once. Nor does it hold it up: lines are written by a
/// thread of the log's own, and how many were left out, where it was too slow, is a line itself.
public final class JSONLog: Sendable {
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug
        case info
        case warning
        case error

        public static func < (a: Level, b: Level) -> Bool {
            allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
        }
    }

    /// For errors; "-" is standard error.
    public let path: String
    public let minimumLevel: Level
    private let millisecondsSince1970: @Sendable () -> Int64
    private let output: OutputThread<Never>

    /// Opens a file for appending, and makes it where there is none; "-" is standard error. `onFailure` is called with
    /// the first error in writing, on the thread that writes. `now` is the wall clock.
    public init(
        path: String, minimumLevel: Level = .info, now: (@Sendable () -> Int64)? = nil,
        onFailure: @escaping @Sendable (FileError) -> Void
    ) throws(FileError) {
        self.path = path
        self.minimumLevel = minimumLevel
        let now = now ?? Timestamp.now
        millisecondsSince1970 = now
        let file = try LogFile(path: path, onFailure: onFailure)
        output = OutputThread(name: "stnet.log", lineLimit: 20_000, byteLimit: 8 << 20) { item in
            switch item {
            case .line(let line): file.append(line)
            case .leftOut(let count):
                file.append(JSONLog.line(now(), .warning, "lines left out", [("log.lines", .int(count))]))
            }
        }
    }

    public func log(_ level: Level, _ message: StaticString, _ fields: KeyValuePairs<String, JSON> = [:]) {
        log(level, message, fields.map { ($0.key, $0.value) })
    }

    public func log(_ level: Level, _ message: StaticString, _ fields: [(String, JSON)]) {
        guard level >= minimumLevel else { return }
        output.post(line: Self.line(millisecondsSince1970(), level, message, fields))
    }

    /// Waits until all is written, at most so long.
    public func flush(seconds: Double) { output.flush(seconds: seconds) }

    /// Whether a file that begins with these bytes is such a log.
    static func isLog(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "{\"time\":".utf8) }

    static func line(
        _ milliseconds: Int64, _ level: Level, _ message: StaticString, _ fields: [(String, JSON)]
    ) -> String {
        let head: [(String, JSON)] = [
            ("time", .string(Timestamp.text(milliseconds))), ("level", .string(level.rawValue)),
            ("message", .string(message.description)),
        ]
        return TerminalText.escapingControls(JSON.object(head + fields).compact) + "\n"
    }
}

/// The file of a log. Used on one thread only.
private final class LogFile: @unchecked Sendable {
    private let path: String
    private let descriptor: Int32
    private let onFailure: @Sendable (FileError) -> Void
    private var hasFailed = false
    /// The file's last line has no end, because the disk became full in it.
    private var isTorn = false

    init(path: String, onFailure: @escaping @Sendable (FileError) -> Void) throws(FileError) {
        self.path = path
        self.onFailure = onFailure
        if path == "-" {
            descriptor = STDERR_FILENO
            return
        }
        // O_NONBLOCK at opening only: a pipe that nobody reads is an error at once and not a wait.
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "open for appending", code: errno) }
        _ = fcntl(descriptor, F_SETFL, O_APPEND)
    }

    deinit {
        if descriptor != STDERR_FILENO { close(descriptor) }
    }

    /// One line, in one piece also where another process appends to the same file.
    func append(_ line: String) {
        let bytes = Array(((isTorn ? "\n" : "") + line).utf8)
        let (written, code) = bytes.withUnsafeBytes { WholeTransfer.write($0, to: descriptor) }
        if written > 0 { isTorn = written < bytes.count }
        guard let code, !hasFailed else { return }
        hasFailed = true
        onFailure(FileError(path: path, operation: "append to the log", code: code))
    }
}
