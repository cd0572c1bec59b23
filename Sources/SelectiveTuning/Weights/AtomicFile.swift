import Bytes
import Foundation

/// A file that appears under its name when it is complete, or not at all.
final class AtomicFile {
    private let path: String
    private let temporary: String
    private var descriptor: Int32
    private var isCommitted = false

    /// Creates the file beside `path` under another name, for this process alone.
    init(path: String) throws(WeightError) {
        self.path = path
        temporary = "\(path).\(getpid())-\(UInt32.random(in: 0...(.max))).part"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .file(FileError(path: temporary, operation: "create", code: errno)) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isCommitted { unlink(temporary) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(WeightError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let written = Foundation.write(descriptor, part.baseAddress, part.count)
            if written < 0 {
                guard errno == EINTR else { throw .file(FileError(path: temporary, operation: "write", code: errno)) }
                continue
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Puts the file in its place, durable, instead of one that is there already.
    func commit() throws(WeightError) {
        guard fsync(descriptor) == 0 else { throw .file(FileError(path: temporary, operation: "sync", code: errno)) }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0 else { throw .file(FileError(path: temporary, operation: "close", code: errno)) }
        guard rename(temporary, path) == 0 else {
            throw .file(FileError(path: path, operation: "rename to", code: errno))
        }
        isCommitted = true
    }
}
