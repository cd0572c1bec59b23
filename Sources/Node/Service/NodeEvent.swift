import Protocol

/// What a `NodeLoop` is told. Values only: connections and sessions are numbers.
enum NodeEvent: Sendable {
    // From the links.
    /// A coordinator's connection is open. `peer` is its address, for people.
    case connected(UInt64, peer: String)
    case message(UInt64, CoordinatorMessage)
    /// The last event of a connection, also of one that was closed here.
    case closed(UInt64, LinkClosure)

    // From the device, with the number of the session that it worked for. Each `prepare` is answered by one of the
    // first two, each `run` by one `leaseEnded`, also when the session is over by then.
    case prepared(session: UInt64, Result<NodeDescription, JobRefused>)
    /// The session was over before it was prepared.
    case preparationLeft(session: UInt64)
    case results(session: UInt64, lease: UInt64, [ImageResult])
    case leaseEnded(session: UInt64, lease: UInt64, fault: DeviceFault?)
    /// One of several devices gets no more pictures, and the others go on.
    case deviceLost(DeviceLoss)
    /// The device cannot be used by this process any more; after the event that says whose work that ended.
    case deviceFailed(reason: String)

    /// Bytes that came for a session are not what its protocol allows.
    case breach(session: UInt64, String)

    /// Time has passed: about once a second.
    case tick
    case drain(graceMilliseconds: UInt64)
    case stop
}

/// What went wrong with the device while it evaluated a lease.
struct DeviceFault: Sendable, Hashable {
    var reason: String
    /// This process cannot get over it: `deviceFailed` follows.
    var isFinal = false
}

/// One of a node's devices that is not used any more.
struct DeviceLoss: Sendable, Hashable {
    var reason: String
    /// It has failed; else only the job that is on does without it.
    var isFinal: Bool
    /// What the node computes on now, for people.
    var device: String
}
