import Protocol

/// What the event loop handles.
enum NodeEvent: Sendable {
    case connected(UInt64, any Link<NodeMessage>, peer: String)
    case link(UInt64, LinkEvent<CoordinatorMessage>)
    // From the device, with the number of the session that it works for.
    case prepared(session: UInt64, Result<PreparedJob, JobRefused>)
    case results(session: UInt64, lease: UInt64, [ImageResult])
    /// With what went wrong with the device, if anything did.
    case leaseEnded(session: UInt64, lease: UInt64, fault: String?)
    /// The device cannot be used by this process any more.
    case deviceFailed(reason: String)
    /// With the time on the node's clock.
    case tick(UInt64)
    case drain(graceMilliseconds: UInt64)
    case stop
}

/// What a job's leases are evaluated with, and what the coordinator is told of it.
struct PreparedJob: Sendable {
    var evaluator: LeaseEvaluator
    var description: NodeDescription
}
