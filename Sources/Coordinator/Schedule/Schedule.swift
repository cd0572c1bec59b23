import Protocol

/// Who evaluates what: which image is leased to which node, what comes back, and what happens when it does not.
///
/// A pure value: events go in with the time at which they happened, actions come out. No clock, socket, task or
/// randomness inside, so that a simulation can run it through anything and replay it.
public struct Schedule: Sendable {
    /// What became of one image.
    public enum ImageState: UInt8, Sendable {
        /// Waits to be leased.
        case pending
        /// At least one node has it.
        case leased
        /// Failed somewhere; waits for a node on which it has not failed.
        case retrying
        case done
        /// Given up.
        case failed
    }

    /// What the owner of a schedule has to do.
    public enum Action: Sendable, Hashable {
        case lease(Order)
        /// Ask the node to drop a lease that it has not started.
        case cancel(node: Int, lease: UInt64)
        case stateChanged(node: Int, NodeState)
        /// End the connection; the node may come back.
        case disconnect(node: Int, reason: String)
        /// End the connection for good.
        case evict(node: Int, reason: String)
        /// The image will not be tried again.
        case giveUp(image: Int, GiveUp)
    }

    public enum GiveUp: Sendable, Hashable {
        /// It failed wherever it could be tried; the failures themselves say why.
        case failed
        /// So many nodes were lost while they had it.
        case lost(nodes: Int)
    }

    /// A lease to be sent.
    public struct Order: Sendable, Hashable {
        public var id: UInt64
        public var node: Int
        public var attempt: Int
        public var deadline: Microseconds
        public var images: [Int]
    }

    public let policy: SchedulePolicy
    public internal(set) var nodes: [Node] = []
    /// Leases that are out, the lost ones among them whose results may still come.
    public internal(set) var leases: [UInt64: OutstandingLease] = [:]

    /// A byte an image each: a million images must not cost much.
    var states: [ImageState]
    var attempts: [UInt8]
    /// How many nodes have it just now, at most two.
    var holders: [UInt8]
    /// Images that were with a node when it was lost; most are not in here.
    var losses: [Int: ImageLosses] = [:]
    /// On which nodes an image failed; most images are not in here.
    var failures: [Int: [(node: Int, kind: ImageFailure.Kind)]] = [:]

    /// Images from here on have never been leased.
    var next = 0
    /// Leased once and come back; the last is the next to go.
    var returned: [Int] = []
    /// To be leased one by one.
    var alone: [Int] = []
    /// In the state `retrying`.
    var retries: [Int] = []
    /// Images in the state `pending`.
    var pending: Int
    /// Images that are neither done nor given up.
    public internal(set) var remaining: Int
    /// Images given to nodes, the repeated ones too.
    public internal(set) var leasedImages = 0
    var nextLease: UInt64 = 1
    var nodeByName: [String: Int] = [:]
    /// Images a second of all nodes that take leases.
    var totalRate = 0.0
    var durations = RecentDurations()
    var lastTick: Microseconds?
    /// One of so many images is evaluated by two nodes; nil for none. The secret decides which.
    let verifyEvery: Int?
    public let verifySecret: UInt64
    var verification = Verification()
    /// No new leases: an interrupt.
    public internal(set) var isStopped = false

    public init(images: Int, policy: SchedulePolicy = .init(), verifyEvery: Int? = nil, verifySecret: UInt64 = 0) {
        precondition(verifyEvery.map { $0 > 0 } ?? true, "every first image at most")
        self.policy = policy
        self.verifyEvery = verifyEvery
        self.verifySecret = verifySecret
        states = Array(repeating: .pending, count: images)
        attempts = Array(repeating: 0, count: images)
        holders = Array(repeating: 0, count: images)
        pending = images
        remaining = images
    }

    public var images: Int { states.count }
    /// Every image is done or given up, and none awaits a second evaluation.
    public var isComplete: Bool { remaining == 0 && unverified == 0 }
    /// Images that were to be evaluated by a second node, and those that were.
    public var verifications: (asked: Int, done: Int) { (verification.asked, verification.done) }
    public func state(of image: Int) -> ImageState { states[image] }
    public func attempts(of image: Int) -> Int { Int(attempts[image]) }

    /// The image has a result from an earlier run of the same evaluation. Before the first lease only.
    public mutating func resume(done image: Int) {
        precondition(nextLease == 1)
        guard states[image] == .pending else { return }
        states[image] = .done
        pending -= 1
        remaining -= 1
    }

    /// No new leases from now on; what is out may come back, but what waits behind it is asked back.
    public mutating func stop(now: Microseconds = 0) -> [Action] {
        isStopped = true
        return nodes.indices.flatMap { number in
            nodes[number].leases.dropFirst().filter { !leases[$0]!.isCancelled }.map { lease in
                leases[lease]!.cancelled = now
                return .cancel(node: number, lease: lease)
            }
        }
    }

    /// Nothing more will happen without new leases. Who does not answer when a lease is asked back is not waited for.
    public func isQuiet(at now: Microseconds) -> Bool {
        !leases.values.contains { lease in
            !lease.isLost && !(lease.cancelled.map { now - $0 > policy.cancelPatience } ?? false)
        }
    }
}

/// The durations of the last leases, for their median.
struct RecentDurations: Sendable {
    private var values: [Microseconds] = []
    private var oldest = 0

    mutating func add(_ duration: Microseconds) {
        if values.count < 64 {
            values.append(duration)
        } else {
            values[oldest] = duration
            oldest = (oldest + 1) % 64
        }
    }

    /// Nil while there is none.
    var median: Microseconds? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
}
