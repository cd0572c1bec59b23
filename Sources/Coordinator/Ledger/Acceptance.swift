/// What a result meant for the run.
public enum Acceptance: Sendable, Hashable {
    /// The image had none: this one counts, be it a failure.
    case first
    /// The image had failed for good; this is its result from now on.
    case supersedes
    /// Bit for bit the result that counts.
    case same
    case different(Disagreement)
    /// A failure of an image that has a result, or that has failed already: it says nothing about bits.
    case lateFailure
}

/// Two results of one image that are not the same bits. The first keeps counting.
public struct Disagreement: Sendable, Hashable {
    /// Place in the manifest.
    public var image: UInt32
    /// Whose result counts, and whose differs from it.
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
