/// What a node found for one image.
public struct ImageResult: Sendable, Hashable {
    /// Place in the manifest.
    public var index: UInt32
    /// The file whose bytes the outcome was made from; nil where none could be read.
    public var file: FileDigest?
    public var outcome: Outcome

    public enum Outcome: Sendable, Hashable {
        case evaluated(Evaluated)
        case failed(ImageFailure)
    }

    public struct Evaluated: Sendable, Hashable {
        /// Class indices, best first, and their outputs.
        public var top5: [UInt32]
        public var scores: [Float]
        /// In the input frame and in the original image's pixels.
        public var box: Rectangle
        public var boxOriginal: Rectangle
        public var iou: Double
        /// Which ground-truth box gave the IoU; nil if none overlaps.
        public var groundTruthIndex: UInt32?
        /// Gating that stage 1 and the averages dropped, 48 fraction bits.
        public var droppedMass: Int64
        public var ties: Int64
        public var ineligible: Int64
        /// The gating map had no cell that is not zero.
        public var isEmpty: Bool
        /// The decoded image's size in pixels.
        public var width: UInt32
        public var height: UInt32
        /// In precision `fast`, for the images of the sample: what `exact` gives.
        public var exact: Exact?
        /// Of the job's option `map-metrics`: what was found in the image's map, in the form that `FORMAT.md` describes. Looked at
        /// by whoever knows the image, not here.
        public var mapProfile: [UInt8]?
        /// Of the job's option `pixel-thresholds`, for an image with a mask: how its pixels are spread over the map's values, in the
        /// form that `FORMAT.md` describes. Likewise.
        public var pixelHistogram: [UInt8]?

        /// The part of a result by which the precisions are compared.
        public struct Exact: Sendable, Hashable {
            /// The best class.
            public var label: UInt32
            /// In the input frame.
            public var box: Rectangle

            public init(label: UInt32, box: Rectangle) {
                self.label = label
                self.box = box
            }
        }

        public init(
            top5: [UInt32], scores: [Float], box: Rectangle, boxOriginal: Rectangle, iou: Double,
            groundTruthIndex: UInt32?, droppedMass: Int64, ties: Int64, ineligible: Int64, isEmpty: Bool, width: UInt32,
            height: UInt32, exact: Exact? = nil, mapProfile: [UInt8]? = nil,
            pixelHistogram: [UInt8]? = nil
        ) {
            self.pixelHistogram = pixelHistogram
            self.mapProfile = mapProfile
            self.exact = exact
            self.top5 = top5
            self.scores = scores
            self.box = box
            self.boxOriginal = boxOriginal
            self.iou = iou
            self.groundTruthIndex = groundTruthIndex
            self.droppedMass = droppedMass
            self.ties = ties
            self.ineligible = ineligible
            self.isEmpty = isEmpty
            self.width = width
            self.height = height
        }
    }

    public init(index: UInt32, file: FileDigest? = nil, outcome: Outcome) {
        self.index = index
        self.file = file
        self.outcome = outcome
    }
}

/// Why one image could not be evaluated.
public struct ImageFailure: Error, Sendable, Hashable {
    public enum Kind: UInt16, Sendable, CaseIterable {
        /// The file is not an image that can be decoded: it will not be on any node.
        case content = 1
        /// The node does not have the file or cannot read it: another node may.
        case unavailable = 2
        /// The evaluation itself could not be carried out.
        case evaluation = 3
        /// No node gave a result: the coordinator's own finding.
        case abandoned = 4
    }
    public var kind: Kind
    /// Holds no path and no time: the same failure has the same text on every node.
    public var text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
