/// The course of a run: who computed, when and how fast, and where its data lay. Stands in `run.json`, apart from the
/// records, whose bits do not depend on any of it.
public struct RunFacts: Hashable, Sendable {
    /// A lease, or several that followed each other and were merged. Times in seconds since the first lease.
    public struct Lease: Hashable, Sendable {
        public var start: Double
        public var end: Double
        /// Results that came in it.
        public var images: Int
        /// Its node was lost, or did not finish it.
        public var isLost: Bool

        public init(start: Double, end: Double, images: Int, isLost: Bool = false) {
            self.start = start
            self.end = end
            self.images = images
            self.isLost = isLost
        }
    }

    public struct Node: Hashable, Sendable {
        public var name: String
        /// For people: "cpu avx512, 2 threads".
        public var device: String
        /// Images of which this node's result is the one that counts.
        public var images: Int
        /// In the order of time.
        public var leases: [Lease]

        public init(name: String, device: String, images: Int, leases: [Lease]) {
            self.name = name
            self.device = device
            self.images = images
            self.leases = leases
        }

        /// The time in which it had a lease.
        public var busySeconds: Double { leases.reduce(0) { $0 + max(0, $1.end - $1.start) } }
    }

    /// Of this part of the run, as RFC 3339 writes points in time.
    public var started: String
    public var ended: String
    /// From the first lease to the last result.
    public var seconds: Double
    /// Images evaluated in this part, and those that an earlier part had done.
    public var images: Int
    public var resumedImages: Int
    public var nodes: [Node]
    /// Where the coordinator looked for its data; nil where it had none.
    public var imagesPath: String?
    public var annotationsPath: String?
    /// Where the masks' paths begin; nil where there are none.
    public var masksPath: String?
    /// Where maps were kept as numbers; nil where none were.
    public var mapsPath: String?
    /// The names of the network's classes, where they are its own.
    public var classes: [String]?

    public init(
        started: String, ended: String, seconds: Double = 0, images: Int = 0, resumedImages: Int = 0,
        nodes: [Node] = [], imagesPath: String? = nil, annotationsPath: String? = nil,
        masksPath: String? = nil, mapsPath: String? = nil,
        classes: [String]? = nil
    ) {
        self.started = started
        self.ended = ended
        self.seconds = seconds
        self.images = images
        self.resumedImages = resumedImages
        self.nodes = nodes
        self.imagesPath = imagesPath
        self.annotationsPath = annotationsPath
        self.masksPath = masksPath
        self.mapsPath = mapsPath
        self.classes = classes
    }

    /// Nil where nothing was evaluated.
    public var imagesPerSecond: Double? { seconds > 0 && images > 0 ? Double(images) / seconds : nil }
}
