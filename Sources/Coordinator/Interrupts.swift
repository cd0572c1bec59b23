import Bytes
import Options

/// Signals of a run: at the first Ctrl-C or SIGTERM it ends in order with a partial result, at the second at once; at
/// SIGHUP the hosts file is read again.
public final class Interrupts: @unchecked Sendable {
    private let lock = Lock()
    private var count = 0
    private var interruptHandler: (@Sendable () -> Void)?
    private var hangupHandler: (@Sendable () -> Void)?

    public init() {}

    /// Whether an orderly end was asked for.
    public var isInterrupted: Bool { lock.withLock { count > 0 } }

    /// As if the first signal had come.
    public func interrupt() {
        let handler = lock.withLock {
            count += 1
            return count == 1 ? interruptHandler : nil
        }
        handler?()
    }

    /// From now on the first interrupt calls `interrupt`, at once if it has been already, and each SIGHUP calls `hangup`: those of
    /// an earlier call are forgotten. Both return soon.
    public func serve(interrupt: @escaping @Sendable () -> Void, hangup: @escaping @Sendable () -> Void) {
        let isLate = lock.withLock {
            (interruptHandler, hangupHandler) = (interrupt, hangup)
            return count > 0
        }
        if isLate { interrupt() }
    }

    /// Nobody is called any more.
    public func serveNobody() { lock.withLock { (interruptHandler, hangupHandler) = (nil, nil) } }

    /// From now on the signals come here. `announce`, which returns soon, is called once the first interrupt has been passed
    /// on.
    public func install(announce: @escaping @Sendable () -> Void) {
        ProcessSignals.install(
            onEnd: { [self] in
                interrupt()
                announce()
            },
            onHangUp: { [self] in
                lock.withLock({ hangupHandler })?()
            })
    }
}
