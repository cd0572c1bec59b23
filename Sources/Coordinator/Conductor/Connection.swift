import Dispatch
import Protocol

/// What belongs to one connection and is no decision: its link, the streams of bytes that the node asked for, and two queues.
///
/// On one queue, what is sent is made, in the order in which it was decided; on the other, results are looked at before they are
/// heard, in the order in which they came. Both take the place of time on the thread that decides: a connection's events stay
/// in their order, and different connections' are worked on side by side.
final class Connection {
    private let link: any Link<CoordinatorMessage>
    let stream: ByteStream
    private let sender = DispatchQueue(label: "stnet.sender", target: Connection.workers)
    private var isClosing = false

    /// As many threads as there are processors, however many connections.
    private static let workers = DispatchQueue.global(qos: .userInitiated)

    /// - Parameters:
    ///   - heard: gets what the connection brings, in order, on any thread.
    ///   - drained: gets that there is room for bytes again.
    ///   - stream: makes the link's streams.
    init(
        to endpoint: Endpoint, check: ResultCheck, heard: @escaping @Sendable (Heard) -> Void,
        drained: @escaping @Sendable () -> Void, stream: (any Link<CoordinatorMessage>) -> ByteStream
    ) {
        let receiver = DispatchQueue(label: "stnet.receiver", target: Connection.workers)
        link = endpoint.connect { event in
            if case .drained = event { return drained() }
            receiver.async { heard(Heard(event, check)) }
        }
        self.stream = stream(link)
    }

    func send(_ message: CoordinatorMessage) { send { message } }

    /// Sends what `make` gives, which is called on another thread.
    func send(_ make: @escaping @Sendable () -> CoordinatorMessage) {
        sender.async { [link] in link.send(make()) }
    }

    /// A message was dealt with.
    func handled() { link.handled() }

    /// Ends the connection after what was sent.
    func close() {
        isClosing = true
        sender.async { [link] in link.close() }
    }

    /// The run is over: tells the node, and waits until that is sent.
    func end() {
        let wasClosing = isClosing
        isClosing = true
        sender.sync { [link] in
            if !wasClosing { link.send(.drain) }
            link.close()
        }
    }
}
