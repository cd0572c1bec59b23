import Bytes

/// The part of a file that has come so far, with its digest: `NAME.part`, locked until it is closed. Not for two
/// threads at once.
public final class PartialFile: @unchecked Sendable {
    public let path: String
    /// Bytes that are there.
    public private(set) var count = 0
    private var descriptor: Int32
    private var digest = SHA256()

    /// Opens the part or makes an empty one. Throws `FetchError.locked` while another fetch holds it.
    public init(path: String) throws {
        self.path = path
        while true {
            // Without O_NONBLOCK, opening a pipe could wait for ever.
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
            guard opened >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
            do {
                if try Self.lock(opened, path: path) {
                    descriptor = opened
                    return
                }
            } catch {
                CLibrary.close(opened)
                throw error
            }
            CLibrary.close(opened)
        }
    }

    deinit { close() }

    /// Ends the lock; the part cannot be used any more.
    public func close() {
        guard descriptor >= 0 else { return }
        // A process that is being started holds the file for a moment, and with it a lock that is not given back.
        flock(descriptor, LOCK_UN)
        CLibrary.close(descriptor)
        descriptor = -1
    }

    /// Takes over what an earlier run left. Of which file it is, is seen at the end: its digest is known before.
    public func restore() throws {
        count = 0
        digest = SHA256()
        let work = WorkMeter("SHA-256 of \(path)", "bytes")
        defer { work.end() }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let (got, code) = buffer.withUnsafeMutableBytes {
                WholeTransfer.read(into: $0, from: descriptor, at: UInt64(count))
            }
            if let code { throw FileError(path: path, operation: "read", code: code) }
            if got == 0 { break }
            buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            count += got
            work.advance(by: got)
        }
    }

    /// Whether the bytes that are there have a digest that begins so.
    public func hasDigest(_ prefix: String) -> Bool {
        var digest = digest
        return count > 0 && digest.finalizeHex().hasPrefix(prefix)
    }

    public func append(_ bytes: UnsafeRawBufferPointer) throws {
        let (written, code) = WholeTransfer.write(bytes, to: descriptor, at: UInt64(count))
        digest.update(UnsafeRawBufferPointer(rebasing: bytes[..<written]))
        count += written
        if let code { throw FileError(path: path, operation: "write", code: code) }
    }

    /// Forgets the bytes.
    public func clear() throws {
        let code = SystemCall.run { Int(ftruncate(descriptor, 0)) }.code
        guard code == 0 else { throw FileError(path: path, operation: "truncate", code: code) }
        count = 0
        digest = SHA256()
    }

    /// The complete file comes under its name, also after a power failure; a file that is there is never replaced.
    /// Gives the digest. Where it is another one than `prefix` begins, the part is removed.
    public func finish(as target: String, digestPrefix prefix: String) throws -> String {
        let found = digest.finalizeHex()
        guard found.hasPrefix(prefix) else {
            remove()
            throw FetchError.wrongDigest(path: target, prefix: prefix, found: found)
        }
        try flush(descriptor, path: path)
        guard !Self.isTaken(target) else {
            throw FileError(path: target, operation: "create", reason: "another file has come under this name")
        }
        guard rename(path, target) == 0 else { throw FileError(path: target, operation: "rename to", code: errno) }
        try flushDirectory(of: target)
        return found
    }

    public func remove() { unlink(path) }

    /// Whether anything has this name, be it a link that leads nowhere.
    static func isTaken(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Locks the open file. False where another process renamed or removed it between opening and locking: the name
    /// then stands for another file or for none, and this one must not be touched.
    private static func lock(_ descriptor: Int32, path: String) throws -> Bool {
        let locking = SystemCall.run { Int(flock(descriptor, LOCK_EX | LOCK_NB)) }.code
        if locking == EWOULDBLOCK { throw FetchError.locked(path: path) }
        guard locking == 0 else { throw FileError(path: path, operation: "lock", code: locking) }
        var mine = stat()
        var named = stat()
        guard fstat(descriptor, &mine) == 0 else { throw FileError(path: path, operation: "stat", code: errno) }
        guard mine.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, operation: "write", reason: "not a regular file")
        }
        return lstat(path, &named) == 0 && named.st_dev == mine.st_dev && named.st_ino == mine.st_ino
    }
}
