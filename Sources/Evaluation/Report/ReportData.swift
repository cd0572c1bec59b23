import SelectiveTuning

/// What a report needs of the images: some bytes of each, and the few images of the galleries.
public struct ReportData: Sendable {
    /// The evaluated images.
    let points: [Outcome]
    private let boxes: PackedBoxes
    public let galleries: [ReportGallery]
    let convention: IoUConvention

    /// - Parameters:
    ///   - records: in the manifest's order.
    ///   - groundTruth: in the same order; images may be missing in either.
    ///   - inputSize: the side of the network's input in pixels.
    public init(
        records: some Sequence<ImageRecord>, groundTruth: some Sequence<GroundTruth>, convention: IoUConvention,
        inputSize: Int
    ) {
        self.init(
            RunStatistics(records: records, groundTruth: groundTruth, convention: convention), inputSize: inputSize)
    }

    public init(_ statistics: RunStatistics, inputSize: Int) {
        convention = statistics.convention
        points = statistics.outcomes
        boxes = statistics.boxes
        galleries = statistics.galleries.map { $0.withInput(of: inputSize) }
    }

    /// The images of which a picture is wanted.
    public var shownIDs: Set<String> {
        Set(galleries.flatMap { gallery in gallery.images.map(\.record.id) })
    }

    /// Whether the boxes of every image are known, so that baselines can stand beside all numbers.
    var hasTruth: Bool { !points.isEmpty && boxes.evaluated == points.count }

    /// What a box that looks at no image reaches on each of the images; empty where their boxes are not known.
    func ious(of baseline: Baseline) -> [Double] {
        guard hasTruth else { return [] }
        return boxes.map(evaluatedOnly: true) { boxes, inputSize in
            convention.bestMatch(of: baseline.box(inputSize: inputSize), among: boxes)?.iou ?? 0
        }
    }
}
