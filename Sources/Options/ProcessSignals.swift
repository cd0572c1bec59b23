import Bytes
import CKernels

/// What signals do to a program that runs long: the first SIGINT or SIGTERM asks it to end in order, the second ends it at
/// once, SIGHUP has it look at its files again.
///
/// Counting comes first, inside of the handler. What follows happens on threads of its own, which nothing else uses: neither
/// a standard error that nobody reads nor a search that takes minutes holds up the next signal.
public enum ProcessSignals {
    /// From now on signals come here; to be called once. Without descriptors for it the signals do what the system does.
    ///
    /// - Parameters:
    ///   - onEnd: at the first SIGINT or SIGTERM. Returns soon.
    ///   - lastWords: at the second, before the process ends with 128 and the signal's number. It is given half a second; a
    ///     third signal ends even that.
    ///   - onHangUp: at SIGHUP. May take its time; several signals that come meanwhile are one.
    public static func install(
        onEnd: @escaping @Sendable () -> Void, lastWords: (@Sendable () -> Void)? = nil,
        onHangUp: @escaping @Sendable () -> Void
    ) {
        let source = ck_signals_install(lastWords == nil ? 2 : 3)
        guard source >= 0 else { return }
        let hangUps = OutputThread<Void>(name: "stnet.hang-up") { _ in onHangUp() }
        WorkerThread.start("stnet.signals") {
            ck_signals_take()
            var endings = 0
            var number: UInt8 = 0
            while case .done(1) = SystemCall.run({ read(source, &number, 1) }) {
                if Int32(number) == SIGHUP {
                    hangUps.post(state: ())
                    continue
                }
                endings += 1
                if endings == 1 {
                    onEnd()
                } else {
                    if let lastWords { say(lastWords) }
                    _exit(128 + Int32(number))
                }
            }
        }
    }

    private static func say(_ lastWords: @escaping @Sendable () -> Void) {
        let words = OutputThread<Void>(name: "stnet.last-words") { _ in lastWords() }
        words.post(state: ())
        words.flush(seconds: 0.5)
    }
}
