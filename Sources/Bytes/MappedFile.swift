import Foundation

/// A file mapped read-only into memory; unmapped with the last reference.
public final class MappedFile: Sendable {
    public let path: String
    /// The file's size in bytes.
    public let count: Int
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer?

    /// Throws `FileError` that names the path and the system's reason.
    public init(path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, operation: "stat", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, operation: "map", reason: "not a regular file")
        }
        self.path = path
        count = Int(status.st_size)
        guard count > 0 else {
            base = nil
            return
        }
        let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { throw FileError(path: path, operation: "map", code: errno) }
        base = mapped
    }

    deinit {
        if let base { munmap(base, count) }
    }

    /// The file's bytes, valid while this object lives.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Tells the system that the pages read so far are not needed in memory any more.
    public func releasePages() {
        if let base { _ = madvise(base, count, MADV_DONTNEED) }
    }
}
