/// What is known of an endpoint during a run.
struct EndpointState: Sendable {
    enum Phase: Sendable, Equatable {
        /// Will be tried at this time.
        case waiting(until: Microseconds)
        case connected(session: Int)
        /// Will not be tried again, unless it is announced anew.
        case closed
    }

    /// Why the node there takes no part: decides the exit status when none does.
    enum Refusal: Sendable {
        /// By the handshake: another key, another version.
        case key
        /// The job, by the node or by us: data, weights, arithmetic.
        case job
        /// The job, by its device: too little memory, a disk that is full.
        case device
        /// It broke a rule: for good.
        case evicted
    }

    let facts: EndpointFacts
    var phase: Phase
    var backoff = Backoff()
    var refusal: Refusal?
    /// Refusals in a row. What nobody has proved is taken for true when it was said so often.
    var refusals = 0
    /// The last thing that went wrong, for people.
    var reason: String?
    /// The last one of them that was reported. A node that is tried in vain for hours is no news every ten seconds.
    var reportedReason: String?
    /// The schedule's number of the node that was last met there.
    var member: Int?
    /// The node there has this one's name or device: it is tried again when that one is silent or gone.
    var rival: String?
    /// Since when connections end while the node prepares, however they do; nil where the last one did not. After some
    /// time of that, that it prepares again is no hope for the run.
    var inVainSince: Microseconds?
    /// Taken out of the hosts file or the announce directory: not connected again.
    var isRemoved = false

    init(_ facts: EndpointFacts) {
        self.facts = facts
        phase = .waiting(until: 0)
    }
}
