import SelectiveTuning

/// What a report needs of the images, collected in one walk over the records: some bytes an image, and the few images
/// of the galleries.
public struct ReportData: Sendable {
    /// One evaluated image.
    struct Point {
        var iou: Double
        var label: Int32
        var isTop1Right: Bool
        /// How many ground-truth boxes it has; 0 where they are not known.
        var boxes: UInt16
        /// `BoxCoverage.share` of its ground-truth boxes; NaN where they are not known.
        var size: Float
    }

    private(set) var points: [Point] = []
    /// The boxes of the images that have some in `points`, in the same order.
    let truth: PackedBoxes
    public private(set) var galleries = ReportGallery.Kind.allCases.map { ReportGallery($0) }
    let convention: IoUConvention

    /// - Parameters:
    ///   - records: in the manifest's order, which is that of the ids.
    ///   - groundTruth: in the same order; images may be missing in either.
    ///   - inputSize: the side of the network's input in pixels.
    public init(
        records: some Sequence<ImageRecord>, groundTruth: some Sequence<GroundTruth>, convention: IoUConvention,
        inputSize: Int
    ) {
        self.convention = convention
        var rest = groundTruth.makeIterator()
        var next = rest.next()
        var known: [GroundTruth] = []
        for record in records where !record.isFailed {
            while let candidate = next, candidate.id != record.id, candidate.id < record.id { next = rest.next() }
            var found: GroundTruth?
            if let candidate = next, candidate.id == record.id {
                found = candidate
                next = rest.next()
            }
            points.append(Point(record, found))
            if let found { known.append(found) }
            for place in galleries.indices {
                galleries[place].offer(
                    record, ReportImage(record: record, truth: found?.boxes, inputSize: inputSize))
            }
        }
        truth = PackedBoxes(known)
    }

    /// The images of which a picture is wanted.
    public var shownIDs: Set<String> {
        Set(galleries.flatMap { gallery in gallery.images.map(\.record.id) })
    }

    /// Whether the boxes of every image are known, so that baselines can stand beside all numbers.
    var hasTruth: Bool { !points.isEmpty && truth.count == points.count }

    /// What a box that looks at no image reaches on each of the images; empty where their boxes are not known.
    func ious(of baseline: Baseline) -> [Double] {
        guard hasTruth else { return [] }
        return truth.map { boxes, inputSize in
            convention.bestMatch(of: baseline.box(inputSize: inputSize), among: boxes)?.iou ?? 0
        }
    }
}

extension ReportData.Point {
    init(_ record: ImageRecord, _ truth: GroundTruth?) {
        let coverage = truth.map { BoxCoverage.share(of: $0.boxes, inputSize: $0.inputSize) }
        self.init(
            iou: record.iou, label: Int32(clamping: record.label), isTop1Right: record.isTop1Right,
            boxes: UInt16(clamping: truth?.boxes.count ?? 0), size: coverage.map { Float($0) } ?? .nan)
    }
}
