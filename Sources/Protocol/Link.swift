/// One end of a conversation. The other end may be in this process or on another machine.
///
/// Events arrive through the closure that was given when the link was made, one at a time and in order, on a thread of
/// the link's own choosing: the closure only hands them on, to a `Mailbox` as a rule, and never waits.
public protocol Link<Outgoing>: AnyObject, Sendable {
    associatedtype Outgoing: Sendable

    /// Queues a message and returns at once; after the end it does nothing. How much can lie queued is bounded by the
    /// windows of the protocol above, and for streams by `backlog`.
    func send(_ message: Outgoing)
    /// Bytes that are queued and that the other end has not taken yet; 0 in memory.
    var backlog: Int { get }
    /// One more message that came over the link, in their order, has been dealt with. Of what has come and is not dealt with,
    /// only so much is taken in (`LinkLimits.unhandled`).
    func handled()
    /// Ends the conversation after what is queued has been sent; the link says `closed` once, if it has not yet.
    func close()
}

extension Link {
    /// In one process, the other end is this program too: what it says is bounded by the protocol's windows.
    public func handled() {}
}

/// What happens on a link.
public enum LinkEvent<Incoming: Sendable>: Sendable {
    /// The handshake is done; messages may be sent (what was sent before waits until now).
    case opened
    case message(Incoming)
    /// `backlog` fell below `LinkLimits.lowWater` after it had reached `highWater`.
    case drained
    /// The last event of every link.
    case closed(LinkClosure)
}

public enum LinkLimits {
    /// A stream (weights, images) stops queueing at this many bytes and goes on below `lowWater`.
    public static let highWater = 1 << 20
    public static let lowWater = 1 << 18
    /// A connection is not read any further while so many bytes of what came over it are not dealt with (`Link.handled`).
    public static let unhandled = 8 << 20
}
