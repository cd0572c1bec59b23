import Foundation

/// Ctrl-C and SIGTERM: the first asks for an orderly end with a partial result, the second ends the program at once.
public final class Interrupts: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    private var sources: [any DispatchSourceSignal] = []

    public init() {}

    /// Whether an orderly end was asked for.
    public var isInterrupted: Bool { lock.withLock { count > 0 } }

    /// As if the signal had come.
    public func interrupt() { lock.withLock { count += 1 } }

    /// From now on the two signals come here. `announce` is called at the first.
    public func install(announce: @escaping @Sendable () -> Void) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in
                let isFirst = lock.withLock {
                    count += 1
                    return count == 1
                }
                if isFirst { announce() } else { _exit(128 + number) }
            }
            source.resume()
            sources.append(source)
        }
    }
}
