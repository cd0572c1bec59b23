/// A file that appears under its name complete, or not at all: written beside it under a temporary name,
/// flushed to the disk, then renamed. What is not committed is removed.
public struct AtomicFile: ~Copyable {
    public let path: String
    private let temporaryPath: String
    private var descriptor: Int32

    /// Not flushed: a power failure may leave less than the bytes under the name, as what is worth no wait may be lost.
    public static func write(path: String, bytes: [UInt8], isFlushed: Bool = true) throws(FileError) {
        var file = try AtomicFile(path: path)
        try file.append(bytes)
        try file.commit(isFlushed: isFlushed)
    }

    public static func write(path: String, text: String) throws(FileError) {
        try write(path: path, bytes: Array(text.utf8))
    }

    public init(path: String) throws(FileError) {
        self.path = path
        // A name may be left from a process that was killed and had the same number: take the next one.
        var attempt = 0
        while true {
            let name = "\(path).\(getpid())-\(attempt).tmp"
            let opened = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if opened >= 0, !AtomicFile.claim(opened) {
                close(opened)
                continue
            }
            if opened >= 0 {
                temporaryPath = name
                descriptor = opened
                return
            }
            guard errno == EEXIST, attempt < 1000 else {
                throw FileError(path: path, operation: "create", code: errno)
            }
            attempt += 1
        }
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        precondition(descriptor >= 0, "append after commit")
        if let code = WholeTransfer.write(bytes, to: descriptor).code {
            throw FileError(path: path, operation: "write", code: code)
        }
    }

    public mutating func append(_ bytes: [UInt8]) throws(FileError) {
        var failed: FileError?
        bytes.withUnsafeBytes { buffer in
            do throws(FileError) { try append(buffer) } catch { failed = error }
        }
        if let failed { throw failed }
    }

    /// The bytes stand under the file's name from here on; if flushed, also after a power failure.
    public mutating func commit(isFlushed: Bool = true) throws(FileError) {
        precondition(descriptor >= 0, "commit twice")
        if isFlushed { try flush(descriptor, path: path) }
        let closing = descriptor
        descriptor = -1
        // The lock stays until the file has its name; until then it could be taken for a leftover.
        let locked = fcntl(closing, F_DUPFD_CLOEXEC, 0)
        defer { if locked >= 0 { close(locked) } }
        guard close(closing) == 0 else {
            let code = errno
            unlink(temporaryPath)
            throw FileError(path: path, operation: "close", code: code)
        }
        guard rename(temporaryPath, path) == 0 else {
            let code = errno
            unlink(temporaryPath)
            throw FileError(path: path, operation: "rename to", code: code)
        }
        if isFlushed { try flushDirectory(of: path) }
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporaryPath)
        }
    }
}
