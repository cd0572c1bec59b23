import SelectiveTuning

/// What a run says about one image: the same bits whoever computed it.
///
/// It holds no time, no node and no directory, so that the digest of all records is the run's identity.
public struct ImageRecord: Hashable, Sendable {
    /// Written in this order.
    public enum Flag: String, CaseIterable, Sendable {
        /// The gating map was all zero; the box is [0, 0, 1, 1].
        case empty
        /// The image could not be evaluated; `error` says why, and nothing but `id` and `label` has a meaning.
        case failed
        /// The image is the annotated one in another size of the same aspect: its ground-truth boxes were scaled.
        case resized
        /// The ground-truth boxes are of another frame than the image, as far as can be told: the annotated size has
        /// another aspect, or a box leaves the image. They were used as they are.
        case sizeMismatch = "size-mismatch"
        /// Every ground-truth box lies outside the crop.
        case groundTruthOutside = "gt-outside"
    }

    /// The image's stem, such as `ILSVRC2012_val_00000001`, or its path where several images have one stem.
    public var id: String
    /// The true class's index.
    public var label: Int
    /// Class indices, the highest score first; the lowest index first among equals.
    public var top5: [Int]
    /// The scores of `top5`, before any softmax.
    public var scores: [Float]
    /// The predicted box in the network's input, in its pixels.
    public var box: Box
    /// The same box in the original image's pixels.
    public var boxOriginal: Box
    /// With the ground-truth box that fits best.
    public var iou: Double
    /// Which of the image's ground-truth boxes that is, from 0; nil when it has none.
    public var groundTruthIndex: Int?
    /// The share of the gating that was dropped on its way down, 0 ... 1.
    public var droppedMass: Double
    /// How often two groups of connections had the same highest score.
    public var ties: Int
    /// How many groups were left out because their products do not sum to more than zero.
    public var ineligible: Int
    /// Each once, in the order of `Flag`.
    public let flags: [Flag]
    public var error: String?
    /// In precision `fast`, for the images of the sample: what `exact` gives.
    public var exact: Exact?

    public struct Exact: Hashable, Sendable {
        /// The best class's index.
        public var label: Int
        /// In the network's input.
        public var box: Box

        public init(label: Int, box: Box) {
            self.label = label
            self.box = box
        }
    }

    public init(
        id: String, label: Int, top5: [Int], scores: [Float], box: Box, boxOriginal: Box, iou: Double,
        groundTruthIndex: Int?, droppedMass: Double, ties: Int = 0, ineligible: Int = 0, flags: [Flag] = [],
        error: String? = nil, exact: Exact? = nil
    ) {
        self.exact = exact
        self.id = id
        self.label = label
        self.top5 = top5
        self.scores = scores
        self.box = box
        self.boxOriginal = boxOriginal
        self.iou = iou
        self.groundTruthIndex = groundTruthIndex
        self.droppedMass = droppedMass
        self.ties = ties
        self.ineligible = ineligible
        self.flags = Flag.allCases.filter(flags.contains)
        self.error = error
    }

    /// The record of an image that could not be evaluated. Where `error` names the file at `path`, only the file's
    /// name is kept: the same failure is the same record on every machine.
    public static func failed(id: String, label: Int, error: String, path: String? = nil) -> ImageRecord {
        var text = error
        if let path, let slash = path.lastIndex(of: "/") {
            text = text.replacing(path, with: path[path.index(after: slash)...])
        }
        return ImageRecord(
            id: id, label: label, top5: [], scores: [], box: Box(0, 0, 0, 0), boxOriginal: Box(0, 0, 0, 0), iou: 0,
            groundTruthIndex: nil, droppedMass: 0, flags: [.failed], error: text)
    }

    public var isFailed: Bool { flags.contains(.failed) }

    /// Whether the highest score is the true class's.
    public var isTop1Right: Bool { top5.first == label }
    /// Whether the true class is among the five highest.
    public var isTop5Right: Bool { top5.contains(label) }
}
