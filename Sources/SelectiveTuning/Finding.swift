/// What a backend finds in one picture.
public struct Finding: Sendable {
    /// The five classes with the largest outputs, best first (the lower index on a tie), and these outputs.
    public var top5: [Int]
    public var scores: [Float]
    /// In the input frame.
    public var box: Box
    /// The gating map was zero everywhere; the box is [0, 0, 1, 1].
    public var isEmpty: Bool
    /// Gating that was dropped on the way down, 48 fraction bits.
    public var droppedMass: Int64
    /// Units whose best component had a rival of the same score.
    public var ties: Int64
    /// Components that could not be chosen because their products sum to nothing.
    public var ineligible: Int64
    /// The gating at the read-out; a class activation map is one of a channel and the input's size. Nil where a backend
    /// found the box without it: what needs a map asks for a hypothesis.
    public var map: ReadOutMap?
    /// The gating at the read-out of the class-hypothesis map, where one was asked for.
    public var hypothesis: ReadOutMap?

    public init(
        top5: [Int], scores: [Float], box: Box, isEmpty: Bool, droppedMass: Int64, ties: Int64, ineligible: Int64,
        map: ReadOutMap?, hypothesis: ReadOutMap? = nil
    ) {
        self.top5 = top5
        self.scores = scores
        self.box = box
        self.isEmpty = isEmpty
        self.droppedMass = droppedMass
        self.ties = ties
        self.ineligible = ineligible
        self.map = map
        self.hypothesis = hypothesis
    }
}
