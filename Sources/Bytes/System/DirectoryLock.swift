/// A folder that one process works in at a time, as long as the value lives or until it is released. Where the system has no locks
/// there, everybody is let in.
public final class DirectoryLock: @unchecked Sendable {
    public struct Held: Error, CustomStringConvertible {
        public let description: String
    }

    private let lock = Lock()
    private var descriptor: Int32

    /// - Parameter whoever: the end of the message where somebody else has it.
    /// - Throws: `Held`, with the path.
    public init(_ path: String, whoever: String) throws(Held) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        close(descriptor)
        descriptor = -1
        throw Held(description: "\(path): \(whoever)")
    }

    deinit { release() }

    public func release() {
        lock.withLock {
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }
}
