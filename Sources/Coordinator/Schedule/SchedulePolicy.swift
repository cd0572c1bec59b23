/// Microseconds on a clock that only goes forward; where it starts does not matter.
public typealias Microseconds = Int64

/// The numbers by which a schedule decides; `coordination.md` of the design gives them, tests and simulations vary them.
public struct SchedulePolicy: Sendable, Hashable {
    /// How much work a lease should be, by the node's own speed.
    public var leaseSeconds = 1.5
    /// Images of a lease: the first one of a node, whose speed nobody knows, and the largest. The wire would carry more; but what
    /// all nodes together send may come faster than it is dealt with, and then lies in memory, as many images as are out.
    public var firstLease = 8
    public var largestLease = 2048
    /// A lease's measured speed counts as at most this many times what is known of its node.
    public var fastestGrowth = 4.0
    /// Leases shorter than this are taken together to measure a speed.
    public var shortestMeasurement: Microseconds = 50_000
    /// Near the end leases shrink, but not below this much work (nor above 8 images for that reason).
    public var smallestLeaseSeconds = 0.25
    /// Leases that a node holds at the most: one runs, one waits.
    public var outstanding = 2
    /// Silence after which a node is suspect, and after which it is taken for dead.
    public var suspectAfter: Microseconds = 3_000_000
    public var deadAfter: Microseconds = 10_000_000
    /// A lease may go without a result for `deadlineFactor` times what it should take in all, and at least for
    /// `shortestDeadline`; for `unknownDeadline` while the node's speed is not known.
    public var deadlineFactor = 4.0
    public var shortestDeadline: Microseconds = 30_000_000
    public var unknownDeadline: Microseconds = 120_000_000
    /// A longer gap between two ticks means that the coordinator itself stood still.
    public var stall: Microseconds = 2_000_000
    /// How often an image is tried: failures, and losses that count (`Schedule+Losses`).
    public var attempts = 3
    /// Attempts after which an image is leased alone, so that one that kills nodes is not blamed on its neighbours.
    public var aloneAfter = 2
    /// Leases lost in a row without one result after which a node is no hope of the run's any more, and after which it
    /// takes no further part.
    public var fruitlessLeases = 5
    public var mostFruitlessLeases = 16
    /// Faults of a device that its node outlives: so many end the node's part.
    public var faults = 3
    /// So many images that failed on a node and succeeded on another end the node's part.
    public var contradictions = 3
    /// A node with more failures than this, and more than successes, waits until others have tried those images.
    public var probation = 8
    /// Missed progress deadlines that end the node's part.
    public var missedDeadlines = 3
    /// A lease is evaluated a second time only when it runs this many times longer than the median lease, and longer
    /// than `speculationFloor`.
    public var speculationFactor = 2.0
    public var speculationFloor: Microseconds = 500_000
    /// A lease that was asked back and is neither ended nor returned after this time is nobody's to wait for.
    public var cancelPatience: Microseconds = 1_000_000

    public init() {}
}
