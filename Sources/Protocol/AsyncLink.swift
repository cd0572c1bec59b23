/// One end of a conversation. The other end may be in this process or on another machine.
public protocol AsyncLink<Outgoing, Incoming>: Sendable {
    associatedtype Outgoing: Sendable
    associatedtype Incoming: Sendable

    /// Throws when the other end is gone.
    func send(_ message: Outgoing) async throws
    /// The next message, or nil when the other end has closed. One reader at a time.
    func receive() async throws -> Incoming?
    /// Says that nothing more will be sent.
    func close()
}

/// A conversation inside one process.
public struct AsyncMemoryLink<Outgoing: Sendable, Incoming: Sendable>: AsyncLink {
    private let outgoing: MemoryChannel<Outgoing>
    private let incoming: MemoryChannel<Incoming>

    public func send(_ message: Outgoing) async throws { try await outgoing.send(message) }
    public func receive() async throws -> Incoming? { await incoming.receive() }
    public func close() {
        Task { await outgoing.close() }
    }

    private init(outgoing: MemoryChannel<Outgoing>, incoming: MemoryChannel<Incoming>) {
        self.outgoing = outgoing
        self.incoming = incoming
    }

    /// Two ends; what one sends the other receives, in order.
    public static func pair() -> (AsyncMemoryLink<Outgoing, Incoming>, AsyncMemoryLink<Incoming, Outgoing>) {
        let there = MemoryChannel<Outgoing>()
        let back = MemoryChannel<Incoming>()
        return (
            AsyncMemoryLink(outgoing: there, incoming: back),
            AsyncMemoryLink<Incoming, Outgoing>(outgoing: back, incoming: there)
        )
    }
}

public enum AsyncLinkError: Error, CustomStringConvertible, Sendable {
    case closed

    public var description: String { "the other end of the connection is closed" }
}

/// One direction of a `AsyncMemoryLink`. What lies in it is bounded by the windows of the protocol above: a node has at most
/// two leases outstanding.
private actor MemoryChannel<Message: Sendable> {
    private var waiting: [Message] = []
    private var reader: CheckedContinuation<Message?, Never>?
    private var isClosed = false

    func send(_ message: Message) throws {
        guard !isClosed else { throw AsyncLinkError.closed }
        if let reader {
            self.reader = nil
            reader.resume(returning: message)
        } else {
            waiting.append(message)
        }
    }

    func receive() async -> Message? {
        if !waiting.isEmpty { return waiting.removeFirst() }
        if isClosed { return nil }
        return await withCheckedContinuation { reader = $0 }
    }

    func close() {
        isClosed = true
        reader?.resume(returning: nil)
        reader = nil
    }
}
