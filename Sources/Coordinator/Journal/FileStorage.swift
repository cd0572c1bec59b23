import Bytes

/// A journal's file, locked as long as this object lives.
///
/// The lock is `flock`: it belongs to the open file, so that a second opening is refused in the same process too, and
/// closing some other descriptor of the file does not lose it (both are wrong with POSIX record locks); macOS has it
/// as well (it has no documented open-file-description record locks). On NFS, Linux sends it to the server as a lock of
/// the whole file, so that it holds between machines; a mount with `nolock` or `local_lock` keeps it on one machine.
/// Where a file system cannot lock, opening fails: without a lock, two coordinators could mix their records.
public final class FileStorage: JournalStorage, @unchecked Sendable {
    public let path: String
    private let descriptor: Int32

    /// Whether the file must be there, may not, or either.
    public enum Opening: Sendable {
        case existing
        case existingOrNew
    }

    /// Opens the file and locks it before anything is read. A new file's name survives a power failure from then on.
    public convenience init(path: String, opening: Opening) throws(JournalError) {
        Self.fileSizeLimitIsAnError
        self.init(descriptor: try Self.openLocked(path, opening), path: path)
        if opening == .existingOrNew { try syncDirectory() }
    }

    private static func openLocked(_ path: String, _ opening: Opening) throws(JournalError) -> Int32 {
        // Without O_NONBLOCK, opening a pipe could wait for ever.
        var flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        if opening == .existingOrNew { flags |= O_CREAT }
        while true {
            let call = SystemCall.run { Int(CLibrary.open(path, flags, 0o666)) }
            guard case .done(let number) = call else {
                if call.code == ENOENT && opening == .existing { throw .missing(path: path) }
                throw .system(path: path, operation: "open", code: call.code)
            }
            let opened = Int32(number)
            do throws(JournalError) {
                if try lock(opened, path: path) { return opened }
            } catch {
                close(opened)
                throw error
            }
            // A run that ended here removed it meanwhile, and perhaps another one has begun: what is there now counts.
            close(opened)
        }
    }

    /// Locks the open file. False where it is not the one of that name any more: then another coordinator may hold that one,
    /// and this one is nobody's.
    private static func lock(_ descriptor: Int32, path: String) throws(JournalError) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, operation: "stat", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .notAJournal(path: path, found: "not a regular file")
        }
        let locking = SystemCall.run { Int(flock(descriptor, LOCK_EX | LOCK_NB)) }.code
        if locking == EWOULDBLOCK { throw .locked(path: path) }
        guard locking == 0 else { throw .system(path: path, operation: "lock", code: locking) }
        return isNamed(descriptor, path: path)
    }

    /// Whether the open file is the one of that name.
    private static func isNamed(_ descriptor: Int32, path: String) -> Bool {
        var mine = stat()
        var named = stat()
        return fstat(descriptor, &mine) == 0 && stat(path, &named) == 0 && named.st_dev == mine.st_dev
            && named.st_ino == mine.st_ino
    }

    public var isInPlace: Bool { Self.isNamed(descriptor, path: path) }

    public func remove() throws(JournalError) {
        guard isInPlace else { return }
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove") }
    }

    /// A descriptor that is open already and is closed with this object.
    package init(descriptor: Int32, path: String) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    public func size() throws(JournalError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("stat") }
        return UInt64(max(0, status.st_size))
    }

    public func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(JournalError) -> Int {
        let (count, code) = WholeTransfer.read(into: buffer, from: descriptor, at: offset)
        if let code { throw .system(path: path, operation: "read", code: code) }
        return count
    }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError) {
        if let code = WholeTransfer.write(bytes, to: descriptor, at: offset).code {
            throw .system(path: path, operation: "write", code: code)
        }
    }

    public func truncate(to size: UInt64) throws(JournalError) {
        let code = SystemCall.run { Int(ftruncate(descriptor, off_t(size))) }.code
        guard code == 0 else { throw .system(path: path, operation: "truncate", code: code) }
    }

    public func sync() throws(JournalError) {
        do throws(FileError) {
            try flush(descriptor, path: path)
        } catch {
            throw .system(path: path, operation: error.operation, code: error.code ?? EIO)
        }
    }

    private func syncDirectory() throws(JournalError) {
        do throws(FileError) {
            try flushDirectory(of: path)
        } catch {
            throw .system(path: path, operation: error.operation, code: error.code ?? EIO)
        }
    }

    private func failure(_ operation: String) -> JournalError {
        .system(path: path, operation: operation, code: errno)
    }

    /// A write beyond the process's limit of file size raises a signal whose default ends the process; ignored, the
    /// write fails with EFBIG like on a full disk.
    private static let fileSizeLimitIsAnError: Void = { signal(SIGXFSZ, SIG_IGN) }()
}
