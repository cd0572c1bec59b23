import SelectiveTuning

/// One image of a gallery: what the run says of it, and its ground-truth boxes.
public struct ReportImage: Sendable {
    public var record: ImageRecord
    /// In the network's input; nil where nobody knows them.
    public var truth: [Box]?
    /// The input's side in pixels.
    public var inputSize: Int
}

/// The picture of a gallery's image as the network saw it, or why there is none.
public struct ReportThumbnail: Sendable {
    /// A square JPEG file; empty where there is no picture.
    public var jpeg: [UInt8]
    /// The class-hypothesis map over the same input, as such a file; empty where the run has none.
    public var map: [UInt8] = []
    /// Why there is no picture.
    public var problem: String?
    /// Ground-truth boxes in the network's input, from the decoded picture's size; nil where they are not known.
    public var truth: [Box]?

    public init(jpeg: [UInt8], map: [UInt8] = [], truth: [Box]? = nil) {
        self.jpeg = jpeg
        self.map = map
        self.truth = truth
    }

    public init(problem: String, truth: [Box]? = nil) {
        jpeg = []
        self.problem = problem
        self.truth = truth
    }
}
