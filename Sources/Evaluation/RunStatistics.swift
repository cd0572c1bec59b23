/// What the numbers of a run are made of, collected in one walk over its images: some 50 bytes an image, and the few
/// images of the report's galleries.
public struct RunStatistics: Sendable {
    let convention: IoUConvention
    private(set) var counts = Metrics.Counts()
    /// Summed over the evaluated images, in their order.
    private(set) var droppedMass = 0.0
    /// Of the evaluated images, in their order.
    private(set) var outcomes: [Outcome] = []
    /// Of every image whose truth is known.
    private(set) var boxes = PackedBoxes()
    private(set) var galleries = ReportGallery.Kind.allCases.map { ReportGallery($0) }
    private(set) var agreement = PrecisionAgreement.Tally()

    /// - Parameter images: how many are to be expected.
    public init(convention: IoUConvention, images: Int = 0) {
        self.convention = convention
        outcomes.reserveCapacity(images)
        boxes.reserveCapacity(images)
    }

    init(records: some Sequence<ImageRecord>, groundTruth: some Sequence<GroundTruth>, convention: IoUConvention) {
        let images = ListedImages.pairs(Array(records), Array(groundTruth))
        self.init(convention: convention, images: images.count)
        for image in images { add(image) }
    }

    public mutating func add(_ image: RunImage) {
        let isEvaluated = image.record?.isFailed == false
        if let truth = image.truth, image.isNewTruth { boxes.append(truth, isEvaluated: isEvaluated) }
        guard let record = image.record else { return }
        guard isEvaluated else {
            counts.failed += 1
            return
        }
        counts.add(record)
        droppedMass += record.droppedMass
        outcomes.append(Outcome(record, image.truth))
        agreement.add(record, convention)
        for place in galleries.indices {
            galleries[place].offer(
                record,
                ReportImage(record: record, truth: image.truth?.boxes, inputSize: image.truth?.inputSize ?? 0))
        }
    }
}
