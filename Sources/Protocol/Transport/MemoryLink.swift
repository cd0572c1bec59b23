import Bytes
import Dispatch

/// A conversation inside one process: what one end sends the other end's closure gets, in order.
public final class MemoryLink<Outgoing: Sendable, Incoming: Sendable>: Link {
    private let outgoing: MemoryLane<Outgoing>
    private let incoming: MemoryLane<Incoming>

    private init(outgoing: MemoryLane<Outgoing>, incoming: MemoryLane<Incoming>) {
        self.outgoing = outgoing
        self.incoming = incoming
    }

    /// Two ends. What is sent to an end waits until the end is started.
    public static func pair() -> (MemoryLink<Outgoing, Incoming>, MemoryLink<Incoming, Outgoing>) {
        let queue = DispatchQueue(label: "stnet.memory-link")
        let there = MemoryLane<Outgoing>(queue)
        let back = MemoryLane<Incoming>(queue)
        return (
            MemoryLink(outgoing: there, incoming: back), MemoryLink<Incoming, Outgoing>(outgoing: back, incoming: there)
        )
    }

    /// From now on events go to the closure, the first one is `opened`. Once.
    public func start(deliver: @escaping @Sendable (LinkEvent<Incoming>) -> Void) { incoming.start(deliver) }

    public func send(_ message: Outgoing) { outgoing.post(.message(message)) }
    public var backlog: Int { 0 }

    public func close() {
        outgoing.post(.closed(.remote))
        incoming.post(.closed(.local))
    }
}

/// One direction: events go over the pair's queue, so that a closure which sends never runs inside another.
private final class MemoryLane<Message: Sendable>: @unchecked Sendable {
    private let queue: DispatchQueue
    // Used on `queue` only.
    private var isStarted = false
    private var deliver: (@Sendable (LinkEvent<Message>) -> Void)?
    private var waiting: [LinkEvent<Message>] = []
    private var isClosed = false

    init(_ queue: DispatchQueue) { self.queue = queue }

    func start(_ deliver: @escaping @Sendable (LinkEvent<Message>) -> Void) {
        queue.async { [self] in
            precondition(!isStarted, "a link is started once")
            isStarted = true
            self.deliver = deliver
            deliver(.opened)
            for event in waiting { deliver(event) }
            waiting = []
            if isClosed { self.deliver = nil }
        }
    }

    func post(_ event: LinkEvent<Message>) {
        queue.async { [self] in
            guard !isClosed else { return }
            if case .closed = event { isClosed = true }
            guard let deliver else { return waiting.append(event) }
            // What the closure holds on to, which may be the link, is let go at the end.
            if isClosed { self.deliver = nil }
            deliver(event)
        }
    }
}
