/// How far a run on many nodes is, and what each node does. A value: what is shown is a function of it alone.
public struct FleetProgress: Sendable, Hashable {
    public struct Node: Sendable, Hashable {
        public enum State: String, Sendable, Hashable, CaseIterable {
            /// Being tried for the first time, or again.
            case connecting
            /// Connected; looks for its data, weights and canaries.
            case preparing
            /// Has leases, or could have.
            case working
            /// Has not been heard for some seconds.
            case suspect
            /// Was given up; may come back.
            case dead
            /// Finishes what it runs and goes.
            case leaving
            /// Cannot do this job, or may not.
            case refused
            /// Failed on images that succeed elsewhere, or gave other results than the others.
            case evicted
        }

        /// The node's own name; its address until that is known.
        public var name: String
        /// `host:port`; nil for the node in this process.
        public var address: String?
        public var state: State
        /// Over the last seconds.
        public var imagesPerSecond: Double
        public var imagesDone: Int
        /// Since the running lease was given; nil while there is none.
        public var leaseAgeSeconds: Double?
        /// Since anything was heard of it; nil before the first word.
        public var silentSeconds: Double?
        /// What it does in this state or why it is in it: "loading weights", "connection refused".
        public var reason: String?

        public init(
            name: String, address: String? = nil, state: State, imagesPerSecond: Double = 0, imagesDone: Int = 0,
            leaseAgeSeconds: Double? = nil, silentSeconds: Double? = nil, reason: String? = nil
        ) {
            self.name = name
            self.address = address
            self.state = state
            self.imagesPerSecond = imagesPerSecond
            self.imagesDone = imagesDone
            self.leaseAgeSeconds = leaseAgeSeconds
            self.silentSeconds = silentSeconds
            self.reason = reason
        }
    }

    /// Images done (failed ones included), and the speed since the start.
    public var overall: Progress
    /// Over the last seconds, see `SpeedWindow`.
    public var recentImagesPerSecond: Double
    public var accuracy: RunningAccuracy
    public var nodes: [Node]
    /// Since the last result came, or since the start.
    public var secondsSinceResult: Double
    /// No new leases are given: an interruption.
    public var isEnding: Bool
    /// Since the run began, long before the first lease where nodes are slow to come.
    public var runSeconds: Double
    /// Leases that nodes have and have not finished.
    public var leasesOut = 0
    /// The only node is this process: it needs no name.
    public var isAlone = false
    /// Which run of a sweep it is; nil for one alone.
    public var place: SweepPlace?
    /// Nothing more comes: this is the last state.
    public var isOver = false

    public init(
        overall: Progress, recentImagesPerSecond: Double = 0, accuracy: RunningAccuracy = RunningAccuracy(),
        nodes: [Node] = [], secondsSinceResult: Double = 0, isEnding: Bool = false,
        runSeconds: Double = 0
    ) {
        self.overall = overall
        self.recentImagesPerSecond = recentImagesPerSecond
        self.accuracy = accuracy
        self.nodes = nodes
        self.secondsSinceResult = secondsSinceResult
        self.isEnding = isEnding
        self.runSeconds = runSeconds
    }

    /// At the recent speed; nil while there is none.
    public var secondsLeft: Double? {
        recentImagesPerSecond > 0 ? Double(overall.total - overall.done) / recentImagesPerSecond : nil
    }

    /// Every image has a result. Second evaluations may still be awaited: only `isOver` says that all is done.
    public var isComplete: Bool { overall.done >= overall.total }

    /// It came to nothing: a dry run, or one that found no node. What is said of that says it all.
    var isNothing: Bool { isOver && !isComplete && overall.done <= overall.resumed }

    /// How many nodes are in each state, without those in which none is, in the order of `Node.State`.
    public static func counts(_ nodes: some Collection<Node>) -> [(state: Node.State, count: Int)] {
        var counts: [Node.State: Int] = [:]
        for node in nodes { counts[node.state, default: 0] += 1 }
        return Node.State.allCases.compactMap { state in counts[state].map { (state, $0) } }
    }
}
