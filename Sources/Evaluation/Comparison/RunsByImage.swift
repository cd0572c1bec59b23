import SelectiveTuning

/// What several runs found in the same images: some bytes of each image and run.
public struct RunsByImage: Sendable {
    public struct Run: Sendable {
        public let row: RunRow
        /// The run's report, as the page that links it sees it; nil where there is none.
        public let report: String?
        let ious: [Double]
        /// In the network's input.
        let boxes: [Box]
        /// The input's side in pixels.
        let inputSize: Int
    }

    public private(set) var ids: [String] = []
    private(set) var labels: [Int] = []
    public private(set) var runs: [Run] = []

    public init() {}

    /// Adds a valid run. One of other images than the first is left out: false.
    public mutating func add(_ row: RunRow, report: String?, _ records: [ImageRecord]) -> Bool {
        if runs.isEmpty {
            ids = records.map(\.id)
            labels = records.map(\.label)
        }
        guard records.count == ids.count, zip(records, ids).allSatisfy({ $0.id == $1 }) else { return false }
        runs.append(
            Run(
                row: row, report: report, ious: records.map(\.iou), boxes: records.map(\.box),
                inputSize: row.facts["img_size"].flatMap { Int($0) } ?? 0))
        return true
    }

    /// Places of the images whose IoU differs most between the runs, by its variance over them; the first of equals. None where
    /// all runs agree.
    func mostDisputed(_ count: Int) -> [Int] {
        guard runs.count > 1 else { return [] }
        let variances = ids.indices.map { image -> Double in
            let ious = runs.map { $0.ious[image] }
            let mean = ious.reduce(0, +) / Double(ious.count)
            return ious.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ious.count)
        }
        return Array(
            ids.indices.filter { variances[$0] > 0 }.sorted { (variances[$1], $0) < (variances[$0], $1) }.prefix(count))
    }

    /// The images of which the page shows a picture.
    public var shownIDs: Set<String> { Set(mostDisputed(ComparisonPage.shownImages).map { ids[$0] }) }
}
