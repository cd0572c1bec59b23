/// A file mapped read-only into memory; unmapped with the last reference.
public final class MappedFile: Sendable {
    public let path: String
    /// The file's size in bytes.
    public let count: Int
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer?

    /// Throws `FileError` that names the path and the system's reason.
    public init(path: String) throws(FileError) {
        let (descriptor, size) = try openRegularFile(path, operation: "read")
        defer { close(descriptor) }
        self.path = path
        count = size
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

/// Opens a regular file for reading; `operation` names in an error what it is wanted for. Its size is in bytes.
package func openRegularFile(_ path: String, operation: String) throws(FileError) -> (descriptor: Int32, size: Int) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
    var status = stat()
    let failure: FileError
    if fstat(descriptor, &status) != 0 {
        failure = FileError(path: path, operation: "stat", code: errno)
    } else if status.st_mode & S_IFMT != S_IFREG {
        let reason =
            status.st_mode & S_IFMT == S_IFDIR
            ? "it is a directory, expected a file" : "it is a pipe or a device, expected a file: write it to one first"
        failure = FileError(path: path, operation: operation, reason: reason)
    } else {
        return (descriptor, Int(status.st_size))
    }
    close(descriptor)
    throw failure
}
