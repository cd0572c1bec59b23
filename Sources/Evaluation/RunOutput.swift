import Bytes

/// What a run leaves in its output directory.
public enum RunOutput {
    public static let imagesName = "images.jsonl"
    public static let summaryName = "summary.json"
    public static let tableName = "table.md"
    public static let certificateName = "certificate.json"
    public static let runName = "run.json"
    /// The files that were evaluated, a line an image; its SHA-256 stands in the certificate, under the other name.
    public static let filesName = "image_files.txt"
    public static let filesDigestName = "image_files"
    /// The name under which the certificate has the SHA-256 of `summary.json`.
    public static let summaryDigestName = "summary"
    /// Of every file that a run leaves.
    public static let names = [
        imagesName, filesName, summaryName, tableName, certificateName, runName, Report.name,
    ]

    /// Everything in arrays.
    public typealias Run = Content<ListedImages>

    /// All that the files are made of.
    public struct Content<Images: RunImages>: Sendable {
        public var network: String
        /// Of the run's row in the table.
        public var title: String
        public var images: Images
        public var convention: IoUConvention
        public var protocolBlock: JSON
        public var deliveries: Deliveries
        public var digests: [Certificate.Digest]
        /// `exact` or `fast`.
        public var precision: String
        /// What else makes the run invalid, such as an interruption.
        public var otherReasons: [String]
        /// Whether the records say which class was found; boxes alone do not.
        public var hasLabels: Bool
        /// Where the boxes come from score maps.
        public var maps: MapReport?
        /// Where the images' maps are measured beside their boxes: how. What comes of it is counted in the walk over the images.
        public var measuredMaps: MapMeasurement?
        /// Images that are annotated, of which those that are expected may be a part.
        public var annotated: Int?
        /// Names and values that another run must share for its result to be the same.
        public var fingerprint: [(name: String, value: String)]

        public init(
            network: String, title: String? = nil, images: Images, convention: IoUConvention, protocolBlock: JSON,
            deliveries: Deliveries, digests: [Certificate.Digest] = [], precision: String = "exact",
            otherReasons: [String] = [], hasLabels: Bool = true, maps: MapReport? = nil, annotated: Int? = nil,
            fingerprint: [(name: String, value: String)] = [], measuredMaps: MapMeasurement? = nil
        ) {
            self.measuredMaps = measuredMaps
            self.annotated = annotated
            self.fingerprint = fingerprint
            self.maps = maps
            self.hasLabels = hasLabels
            self.network = network
            self.title = title ?? network
            self.images = images
            self.convention = convention
            self.protocolBlock = protocolBlock
            self.deliveries = deliveries
            self.digests = digests
            self.precision = precision
            self.otherReasons = otherReasons
        }
    }

    public struct Written: Sendable {
        public var certificate: Certificate
        public var metrics: Metrics
        public var table: AccuracyTable
        /// For the report.
        public var statistics: RunStatistics
        /// What is said of score maps; nil where nothing is.
        public var maps: MapReport?
        /// The files, in the order in which they were written.
        public var paths: [String]
        public var imagesSHA256: String { certificate.imagesSHA256 }
    }

    /// Writes the files of a result, each whole or not at all; makes the directory where it is missing. An older
    /// certificate is removed first, with what was made of the older run, and the new one comes last: a certificate
    /// never stands beside another run's records.
    public static func write<Images: RunImages>(
        _ run: Content<Images>, to directory: String
    ) throws(FileError) -> Written {
        try makeDirectories(directory)
        let path = { (name: String) in "\(directory)/\(name)" }
        for name in [certificateName, Report.name, runName, filesName] {
            guard unlink(path(name)) == 0 || errno == ENOENT else {
                throw FileError(path: path(name), operation: "remove", code: errno)
            }
        }
        let walk = try Walk(run, images: path(imagesName), files: run.images.hasFiles ? path(filesName) : nil)
        var digests = run.digests
        if let files = walk.filesSHA256 { digests.append(.init(name: filesDigestName, sha256: files)) }
        var certificate = Certificate(
            walk.coverage, deliveries: run.deliveries, imagesSHA256: walk.imagesSHA256, digests: digests,
            precision: run.precision, otherReasons: run.otherReasons, annotated: run.annotated)
        certificate.measuresMaps = run.measuredMaps != nil
        let statistics = walk.statistics
        let maps = walk.maps ?? run.maps
        let metrics = Metrics(statistics)
        let agreement = run.precision == "exact" ? nil : PrecisionAgreement(statistics.agreement)
        let baselines = Baselines(statistics.boxes, convention: run.convention)
        let table = AccuracyTable(
            rows: [
                AccuracyTable.Row(
                    network: run.title, metrics: metrics, certificate: certificate, agreement: agreement,
                    hasLabels: run.hasLabels, maps: maps)
            ],
            baselines: baselines, convention: run.convention)
        let summary = Summary(
            network: run.network, protocolBlock: run.protocolBlock, metrics: metrics, baselines: baselines,
            certificate: certificate, agreement: agreement, hasLabels: run.hasLabels, maps: maps, title: run.title,
            fingerprint: run.fingerprint)
        let text = summary.json.pretty
        certificate.digests.append(.init(name: summaryDigestName, sha256: SHA256.hex(text)))
        try AtomicFile.write(path: path(summaryName), text: text)
        try AtomicFile.write(path: path(tableName), text: table.markdown)
        try AtomicFile.write(path: path(certificateName), text: certificate.json.pretty)
        return Written(
            certificate: certificate, metrics: metrics, table: table, statistics: statistics, maps: maps,
            paths: ([imagesName] + (run.images.hasFiles ? [filesName] : [])
                + [summaryName, tableName, certificateName]).map(path))
    }

    /// The one walk over a run's images: writes what has a line an image, and counts all that the other files say.
    private struct Walk {
        var statistics: RunStatistics
        let coverage: Coverage
        let imagesSHA256: String
        let filesSHA256: String?
        let maps: MapReport?

        init<Images: RunImages>(_ run: Content<Images>, images: String, files: String?) throws(FileError) {
            var records = try LineFile(path: images)
            var list: LineFile? = nil
            if let files { list = try LineFile(path: files) }
            let all = run.images.images
            statistics = RunStatistics(convention: run.convention, images: all.underestimatedCount)
            var merge = Coverage.Merge(run.images.expected)
            var measurement = try run.measuredMaps.map { how throws(FileError) in
                guard let walk = MapMeasurement.Walk(how, convention: run.convention) else {
                    throw FileError(path: images, operation: "measure the maps beside", code: ENOMEM)
                }
                return walk
            }
            let work = WorkMeter("writing results", of: all.underestimatedCount, "images")
            defer { work.end() }
            for image in all {
                work.advance()
                statistics.add(image)
                // Asked first: a map's finding is large to copy, where there is one.
                if measurement != nil, let map = image.map { measurement?.add(map) }
                if let record = image.record {
                    merge.add(record)
                    try records.append { text in
                        record.append(to: &text)
                        text.append("\n")
                    }
                }
                if let line = image.fileLine { try list?.append { line.append(to: &$0) } }
            }
            // Records in another order than the ids' cannot be compared on the way.
            coverage =
                merge.finish() ?? Coverage(unordered: Array(run.images.expected), all.lazy.compactMap(\.record))
            maps = measurement?.report
            imagesSHA256 = try records.commit()
            filesSHA256 = try list?.commit()
        }
    }
}

extension RunOutput.Content where Images == ListedImages {
    public var expected: [String] {
        get { images.expected }
        set { images.expected = newValue }
    }

    public var records: [ImageRecord] {
        get { images.records }
        set { images.records = newValue }
    }

    public var groundTruth: [GroundTruth] {
        get { images.groundTruth }
        set { images.groundTruth = newValue }
    }

    public init(
        network: String, title: String? = nil, expected: [String], records: [ImageRecord],
        groundTruth: [GroundTruth], convention: IoUConvention, protocolBlock: JSON, deliveries: Deliveries,
        digests: [Certificate.Digest] = [], hasLabels: Bool = true, maps: MapReport? = nil, annotated: Int? = nil,
        fingerprint: [(name: String, value: String)] = []
    ) {
        self.init(
            network: network, title: title,
            images: ListedImages(expected: expected, records: records, groundTruth: groundTruth),
            convention: convention, protocolBlock: protocolBlock, deliveries: deliveries, digests: digests,
            hasLabels: hasLabels, maps: maps, annotated: annotated, fingerprint: fingerprint)
    }
}
