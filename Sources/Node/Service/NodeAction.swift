import Protocol

/// What a `NodeLoop` decided, to be done in order. Values only, as in `NodeEvent`.
enum NodeAction: Sendable, Hashable {
    case send(UInt64, NodeMessage)
    /// Ends a connection after what was sent to it; `closed` is still to come.
    case close(UInt64)

    /// Make the device ready for the job: the session begins. What it needs to send and to receive meanwhile passes
    /// over this connection.
    case prepare(session: UInt64, Job, connection: UInt64)
    /// Begin to read the images of a lease that waits.
    case readAhead(session: UInt64, Lease)
    /// The lease that waits will not run.
    case dropWaiting(session: UInt64, lease: UInt64)
    case run(session: UInt64, Lease)
    /// The session is over: the device leaves what it does for it at the next batch.
    case stopSession(UInt64)

    /// Fetch these weights while the session is at work, unless they are here.
    case fetchAhead(session: UInt64, WeightsFile)

    // Bytes for a session's windows; if they do not fit, `breach` says so.
    case takeImage(session: UInt64, ImageChunk)
    case takeWeights(session: UInt64, WeightsChunk)
    case takeStored(session: UInt64, bytes: UInt64)

    /// A line for people.
    case log(String)
    /// A line for people, also for those who want to hear of trouble only.
    case warn(String)
}
