import Bytes

/// Held by the one node that receives a weight file into a directory that several nodes share; others wait and use what
/// it received. It lies in a file beside the weights, which says how far the reception is and goes with the lock.
final class ReceptionLock {
    enum Attempt {
        case taken(ReceptionLock)
        /// Another process has it; what it last said.
        case held(sign: [UInt8])
        /// There are no locks here, as on some network file systems, or no place for one.
        case impossible
    }

    /// Locks a descriptor's file without waiting: `flock`. Zero, or -1 and errno.
    typealias Call = @Sendable (Int32) -> Int32
    static let system: Call = { flock($0, LOCK_EX | LOCK_NB) }

    private let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    static func attempt(_ path: String, call: Call = system) -> Attempt {
        // A holder that ends takes the file away between our opening and locking it; then there is a next one.
        for _ in 0..<100 {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard opened >= 0 else { return .impossible }
            if case .failed(let code) = SystemCall.run({ Int(call(opened)) }) {
                defer { close(opened) }
                guard code == EWOULDBLOCK else { return .impossible }
                var sign = [UInt8](repeating: 0, count: 32)
                let count = pread(opened, &sign, sign.count, 0)
                return .held(sign: Array(sign.prefix(max(0, count))))
            }
            if isSame(opened, path) { return .taken(ReceptionLock(path: path, descriptor: opened)) }
            close(opened)
        }
        return .impossible
    }

    /// Shows those who wait that it goes on.
    func mark(received: UInt64) {
        let text = Array("\(received)\n".utf8)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (mine, named) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && stat(path, &named) == 0 && mine.st_dev == named.st_dev
            && mine.st_ino == named.st_ino
    }
}
