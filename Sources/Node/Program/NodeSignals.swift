import Foundation

/// SIGTERM and SIGINT end the node, the first in order, the second at once; SIGHUP searches the images again.
final class NodeSignals: @unchecked Sendable {
    private let queue = DispatchQueue(label: "stnet.signals")
    private var sources: [any DispatchSourceSignal] = []
    private var isEnding = false

    /// `onEnd` is called once, `onSecond` with the signal's number. From now on SIGPIPE is ignored.
    func install(
        onEnd: @escaping @Sendable () -> Void, onSecond: @escaping @Sendable (Int32) -> Void,
        onHangUp: @escaping @Sendable () -> Void
    ) {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            handle(number) { [self] in
                if isEnding { return onSecond(number) }
                isEnding = true
                onEnd()
            }
        }
        handle(SIGHUP, onHangUp)
    }

    private func handle(_ number: Int32, _ body: @escaping @Sendable () -> Void) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler(handler: body)
        source.resume()
        sources.append(source)
    }
}
