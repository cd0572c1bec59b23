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
    /// The end of the time that preparing may take; the weights' offset that the node asked for last.
    var prepareLimit: Microseconds = .max
    var wantedOffset: UInt64?
    /// The node is ready, and waits until the coordinator knows what it would compute itself.
    var introduction: NodeDescription?
    /// The node said that it leaves: its end is no loss.
    var isLeaving = false
    /// Had a result: its connection is worth as much as a new one.
    var isFruitful = false
    /// Files that the node makes of images: their parts, those on their way to the disk, and what it said behind them,
    /// each with how many files it waits for.
    var reception = ArtifactReception()
    var unwritten = 0
    var held: [(event: Heard, files: Int)] = []
    /// The results among that. A node may have an image in two leases: one came back when it was thought dead.
    var heldResults: Set<HeldResult> = []

    struct HeldResult: Sendable, Hashable {
        var lease: UInt64
        var image: UInt32
    }

    init(endpoint: String, now: Microseconds) {
        self.endpoint = endpoint
        (lastHeard, lastPing) = (now, now)
    }

    var node: Int? {
        if case .working(let node) = phase { node } else { nil }
    }
}
