import Bytes
import Foundation

/// A log for programs: each line a JSON object with the time, a level, a constant message and dotted keys such as
/// "node.name" and "lease.id". What varies is in the keys alone, so that lines can be counted by their message.
///
/// A log that cannot be written does not end a run: that is reported once.
public final class JSONLog: @unchecked Sendable {
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
    private let descriptor: Int32
    private let millisecondsSince1970: @Sendable () -> Int64
    private let onFailure: @Sendable (FileError) -> Void
    private let lock = NSLock()
    private var hasFailed = false
    /// The file's last line has no end, because the disk became full in it.
    private var isTorn = false

    /// Opens a file for appending, and makes it where there is none; "-" is standard error. `onFailure` is called with
    /// the first error in writing, on the thread that logs. `now` is the wall clock.
    public init(
        path: String, minimumLevel: Level = .info, now: (@Sendable () -> Int64)? = nil,
        onFailure: @escaping @Sendable (FileError) -> Void
    ) throws(FileError) {
        self.path = path
        self.minimumLevel = minimumLevel
        self.onFailure = onFailure
        millisecondsSince1970 = now ?? Timestamp.now
        if path == "-" {
            descriptor = STDERR_FILENO
        } else {
            // O_NONBLOCK at opening only: a pipe that nobody reads is an error at once and not a wait.
            descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
            guard descriptor >= 0 else { throw FileError(path: path, operation: "open for appending", code: errno) }
            _ = fcntl(descriptor, F_SETFL, O_APPEND)
        }
    }

    deinit {
        if descriptor != STDERR_FILENO { close(descriptor) }
    }

    /// One line, in one piece also where another process appends to the same file.
    public func log(_ level: Level, _ message: StaticString, _ fields: KeyValuePairs<String, JSON> = [:]) {
        log(level, message, fields.map { ($0.key, $0.value) })
    }

    public func log(_ level: Level, _ message: StaticString, _ fields: [(String, JSON)]) {
        guard level >= minimumLevel else { return }
        let line = Self.line(millisecondsSince1970(), level, message, fields)
        let failure: FileError? = lock.withLock {
            let bytes = Array(((isTorn ? "\n" : "") + line).utf8)
            let (written, code) = writeAll(bytes[...], to: descriptor)
            if written > 0 { isTorn = written < bytes.count }
            guard let code, !hasFailed else { return nil }
            hasFailed = true
            return FileError(path: path, operation: "append to the log", code: code)
        }
        if let failure { onFailure(failure) }
    }

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
