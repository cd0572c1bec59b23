import Protocol

/// One connection to a node, from the first attempt to the last event.
struct Session: Sendable {
    enum Phase: Sendable, Equatable {
        /// No handshake yet.
        case connecting
        /// Has the job, is loading weights.
        case preparing
        /// Takes leases, as this node of the schedule.
        case working(node: Int)
        /// Closed by us; only its last event is awaited.
        case closing
    }

    let endpoint: String
    var phase = Phase.connecting
    var lastHeard: Microseconds
    var lastPing: Microseconds
    /// The node said goodbye or that it leaves: its end is no loss.
    var isLeaving = false
    /// Files that the node makes of images: their parts, those on their way to the disk, and what it said behind them,
    /// each with how many files it waits for.
    var reception = ArtifactReception()
    var unwritten = 0
    var held: [(event: LinkEvent<NodeMessage>, files: Int)] = []

    var node: Int? {
        if case .working(let node) = phase { node } else { nil }
    }
}
