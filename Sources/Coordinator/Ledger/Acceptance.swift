/// What a result meant for the run.
public enum Acceptance: Sendable, Hashable {
    /// The image had none: this one counts, be it a failure.
    case first
    /// The image had failed for good; this is its result from now on.
    case supersedes
    /// Bit for bit the result that counts.
    case same
    /// The second result of the image, and not the first's bits: another node has to decide. The first counts until then.
    case different(Disagreement)
    /// A further result of a disputed image, after which no result has more nodes than every other.
    case stillDisputed(Disagreement)
    /// One result of the image has more nodes than every other, two at the least: it counts.
    case settled(Settlement)
    /// In precision `fast`: other bits than those of a node of another kind, which settles and disputes nothing.
    case otherKind(Disagreement)
    /// A failure of an image that has a result, or that has failed already: it says nothing about bits.
    case lateFailure
}

/// Two results of one image that are not the same bits.
public struct Disagreement: Sendable, Hashable {
    /// Place in the manifest.
    public var image: UInt32
    /// Whose result counts, and whose differs from it, by their numbers.
    public var countedNode: UInt32
    public var otherNode: UInt32
    /// Such as `box` and `iou`.
    public var fields: [String]

    public init(image: UInt32, countedNode: UInt32, otherNode: UInt32, fields: [String]) {
        self.image = image
        self.countedNode = countedNode
        self.otherNode = otherNode
        self.fields = fields
    }
}

/// How a dispute over an image ended.
public struct Settlement: Sendable, Hashable {
    /// Place in the manifest.
    public var image: UInt32
    /// The first of the nodes whose result counts, by its number.
    public var counted: UInt32
    /// The nodes that found something else, by their numbers: what they evaluated alone is to be evaluated anew
    /// (`Ledger.unconfirmed`).
    public var odd: [UInt32]
    /// The result that counts is another one than before.
    public var supersedes: Bool

    public init(image: UInt32, counted: UInt32, odd: [UInt32], supersedes: Bool) {
        self.image = image
        self.counted = counted
        self.odd = odd
        self.supersedes = supersedes
    }
}

/// An image of which results differ, and no majority of nodes has decided.
public struct OpenDispute: Sendable, Hashable {
    /// Place in the manifest.
    public var image: Int
    /// The names of the nodes that evaluated it, each once, in the order of their results: another one has to decide.
    public var evaluators: [String]

    public init(image: Int, evaluators: [String]) {
        self.image = image
        self.evaluators = evaluators
    }
}
