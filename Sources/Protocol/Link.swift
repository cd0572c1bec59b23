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
    /// Ends the conversation after what is queued has been sent; the link says `closed` once, if it has not yet.
    func close()
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
}
