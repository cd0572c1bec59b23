/// What is known of an endpoint during a run.
struct EndpointState: Sendable {
    enum Phase: Sendable, Equatable {
        /// Will be tried at this time.
        case waiting(until: Microseconds)
        case connected(session: Int)
        /// Will not be tried again, unless it is announced anew.
        case closed
    }

    /// Why an endpoint is closed for good: decides the exit status when none is left.
    enum Refusal: Sendable {
        case key
        case job
        case evicted
    }

    let facts: EndpointFacts
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
