import Protocol

/// A place where a node may be: an address of the hosts file, or this process.
public struct Endpoint: Sendable {
    /// For people and to tell endpoints apart: "node7:7000", "embedded".
    public let name: String
    /// Whether a lost connection is worth another try.
    public let reconnects: Bool
    /// The node reads the very files that the coordinator has: they need no comparison.
    public let sharesFiles: Bool
    /// Begins a conversation; what happens on it goes to the closure.
    let connect: @Sendable (@escaping @Sendable (LinkEvent<NodeMessage>) -> Void) -> any Link<CoordinatorMessage>

    public init(
        name: String, reconnects: Bool, sharesFiles: Bool = false,
        connect:
            @escaping @Sendable (@escaping @Sendable (LinkEvent<NodeMessage>) -> Void) ->
            any Link<CoordinatorMessage>
    ) {
        self.name = name
        self.reconnects = reconnects
        self.sharesFiles = sharesFiles
        self.connect = connect
    }
}

/// What is known of an endpoint during a run.
struct EndpointState {
    enum Phase: Equatable {
        /// Will be tried at this time.
        case waiting(until: Microseconds)
        case connected(session: Int)
        /// Will not be tried again, unless it is announced anew.
        case closed
    }

    /// Why an endpoint is closed for good: decides the exit status when none is left.
    enum Refusal {
        case key
        case job
        case evicted
        case departed
    }

    let endpoint: Endpoint
    var phase: Phase
    var backoff: Backoff
    var refusal: Refusal?
    /// The last thing that went wrong, for people.
    var reason: String?
    /// The last one of them that was reported. A node that is tried in vain for hours is no news every ten seconds.
    var reportedReason: String?
    /// The schedule's number of the node that was last met there.
    var member: Int?
    /// Taken out of the hosts file or the announce directory: not connected again.
    var isRemoved = false
}
