import Bytes
import Foundation

/// A file of metrics for the node exporter's textfile collector: it always holds one whole state.
public struct MetricsFile: Sendable {
    public let path: String
    /// The collector reads "*.prom"; a hidden name with another ending is not read by accident.
    private let temporaryPath: String
    private var lastWritten = -Double.infinity
    private var hasFailed = false

    public init(path: String) {
        self.path = path
        let folder = parentDirectory(of: path)
        let name = ".\((path as NSString).lastPathComponent).\(getpid()).tmp"
        temporaryPath = folder.isEmpty ? name : folder + (folder.hasSuffix("/") ? "" : "/") + name
    }

    /// Whether such a file can be made at all: before a run, not after hours of it.
    public func check() throws(FileError) {
        let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 || errno == EEXIST else { throw FileError(path: path, operation: "create", code: errno) }
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporaryPath)
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw FileError(path: path, operation: "create", code: EISDIR)
        }
    }

    /// Writes a state, unless one was written less than a second ago; with `isLast` always. `seconds` is the time of
    /// any clock that does not go back. Gives what went wrong, once: the run goes on without the file, and a failure
    /// after a success is given again.
    public mutating func write(
        _ metrics: @autoclosure () -> RunMetrics, atSeconds seconds: Double, isLast: Bool = false
    ) -> FileError? {
        guard isLast || seconds - lastWritten >= 1 else { return nil }
        lastWritten = seconds
        do throws(FileError) {
            try replace(with: Array(metrics().prometheusText.utf8))
            hasFailed = false
            return nil
        } catch {
            defer { hasFailed = true }
            return hasFailed ? nil : error
        }
    }

    /// Not flushed to the disk, unlike a result: these numbers are of no use after a power failure, and waiting for a
    /// slow disk each second would hold up the run.
    private func replace(with bytes: [UInt8]) throws(FileError) {
        unlink(temporaryPath)
        let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError(path: temporaryPath, operation: "create", code: errno) }
        var failure: FileError?
        if let code = writeAll(bytes[...], to: descriptor).code {
            failure = FileError(path: temporaryPath, operation: "write", code: code)
        }
        if close(descriptor) != 0 && failure == nil {
            failure = FileError(path: temporaryPath, operation: "close", code: errno)
        }
        if failure == nil && rename(temporaryPath, path) != 0 {
            failure = FileError(path: path, operation: "rename to", code: errno)
        }
        guard let failure else { return }
        unlink(temporaryPath)
        throw failure
    }
}

/// Writes all bytes or says how many it wrote before the error `code`.
func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> (written: Int, code: Int32?) {
    var rest = bytes
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress!, $0.count) }
        if written < 0 && errno == EINTR { continue }
        if written <= 0 { return (bytes.count - rest.count, written < 0 ? errno : EIO) }
        rest = rest.dropFirst(written)
    }
    return (bytes.count, nil)
}
