import Dispatch
import Bytes
import Options

/// A file of metrics for the node exporter's textfile collector: it always holds one whole state, never older than a second
/// while the disk allows it. Written by a thread of its own: a disk that is slow, full or gone holds up no run.
public final class MetricsFile: Sendable {
    public let path: String
    private let output: OutputThread<RunMetrics>

    /// `onFailure` is called on the thread that writes with what went wrong, once: the run goes on without the file, and a
    /// failure after a success is told again.
    ///
    /// - Throws: `FileError` where such a file cannot be made at all: before a run, not after hours of it.
    public init(path: String, onFailure: @escaping @Sendable (FileError) -> Void) throws(FileError) {
        self.path = path
        try MetricsFile.check(path)
        // On the output's thread only.
        nonisolated(unsafe) var lastWritten: UInt64?
        nonisolated(unsafe) var hasFailed = false
        output = OutputThread(name: "stnet.metrics") { item in
            guard case .state(let metrics) = item else { return }
            let now = DispatchTime.now().uptimeNanoseconds
            if metrics.isValid == nil, let lastWritten, now - lastWritten < 1_000_000_000 { return }
            lastWritten = now
            do throws(FileError) {
                // Not flushed to the disk, unlike a result: these numbers are of no use after a power failure. The name that
                // the file has until it is whole does not end as those that the collector reads.
                try AtomicFile.write(path: path, bytes: Array(metrics.prometheusText.utf8), isFlushed: false)
                hasFailed = false
            } catch {
                if !hasFailed { onFailure(error) }
                hasFailed = true
            }
        }
    }

    /// Writes a state, unless one was written less than a second ago or a later one comes before it; a state that says
    /// whether the result is valid always.
    public func write(_ metrics: RunMetrics) { output.post(state: metrics) }

    /// Waits until the last state is written, at most so long.
    public func flush(seconds: Double) { output.flush(seconds: seconds) }

    private static func check(_ path: String) throws(FileError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw FileError(path: path, operation: "create", code: EISDIR)
        }
        // Not committed, it is removed again.
        _ = try AtomicFile(path: path)
        let folder = parentDirectory(of: path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        AtomicFile.removeLeftovers(in: folder.isEmpty ? "." : folder) { $0 == name }
    }
}
