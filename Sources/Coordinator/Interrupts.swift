import Bytes
import Options

/// Signals of a run: at the first Ctrl-C or SIGTERM it ends in order with a partial result, at the second at once; at
/// SIGHUP the hosts file is read again.
public final class Interrupts: @unchecked Sendable {
    private let lock = Lock()
    private var count = 0
    private var interruptHandlers: [@Sendable () -> Void] = []
    private var hangupHandlers: [@Sendable () -> Void] = []

    public init() {}

    /// Whether an orderly end was asked for.
    public var isInterrupted: Bool { lock.withLock { count > 0 } }

    /// As if the first signal had come.
    public func interrupt() {
        let handlers = lock.withLock {
            count += 1
            return count == 1 ? interruptHandlers : []
        }
        for handler in handlers { handler() }
    }

    /// Calls `handler`, which returns soon, at the first interrupt; at once if it has been already.
    public func onInterrupt(_ handler: @escaping @Sendable () -> Void) {
        let isLate = lock.withLock {
            interruptHandlers.append(handler)
            return count > 0
        }
        if isLate { handler() }
    }

    /// Calls `handler` at each SIGHUP.
    public func onHangup(_ handler: @escaping @Sendable () -> Void) { lock.withLock { hangupHandlers.append(handler) } }

    /// From now on the signals come here. `announce`, which returns soon, is called once the first interrupt has been passed
    /// on.
    public func install(announce: @escaping @Sendable () -> Void) {
        ProcessSignals.install(
            onEnd: { [self] in
                interrupt()
                announce()
            },
            onHangUp: { [self] in
                for handler in lock.withLock({ hangupHandlers }) { handler() }
            })
    }
}
