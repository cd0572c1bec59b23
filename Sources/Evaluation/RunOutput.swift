import Bytes
import Foundation

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
    public typealias Run = Content<[String], [ImageRecord], [GroundTruth]>

    /// All that the files are made of. The sequences are walked over more than once, and need not lie in memory.
    public struct Content<
        Expected: Sequence<String> & Sendable, Records: Sequence<ImageRecord> & Sendable,
        Truth: Sequence<GroundTruth> & Sendable
    >: Sendable {
        public var network: String
        /// Of the run's row in the table.
        public var title: String
        /// The ids asked for, in the manifest's order.
        public var expected: Expected
        /// One an image, in the manifest's order; fewer when the run was interrupted.
        public var records: Records
        /// Of the images asked for, for the baselines.
        public var groundTruth: Truth
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
        /// Images that are annotated, of which those that are expected may be a part.
        public var annotated: Int?
        /// Names and values that another run must share for its result to be the same.
        public var fingerprint: [(name: String, value: String)]

        /// Gives the lines of `image_files.txt`; nil where no image was evaluated.
        public var fileLines: (@Sendable () -> AnySequence<String>)?

        public init(
            network: String, title: String? = nil, expected: Expected, records: Records, groundTruth: Truth,
            convention: IoUConvention, protocolBlock: JSON, deliveries: Deliveries,
            digests: [Certificate.Digest] = [], precision: String = "exact", otherReasons: [String] = [],
            hasLabels: Bool = true, maps: MapReport? = nil, annotated: Int? = nil,
            fingerprint: [(name: String, value: String)] = []
        ) {
            self.annotated = annotated
            self.fingerprint = fingerprint
            self.maps = maps
            self.hasLabels = hasLabels
            self.network = network
            self.title = title ?? network
            self.expected = expected
            self.records = records
            self.groundTruth = groundTruth
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
        /// The files, in the order in which they were written.
        public var paths: [String]
        public var imagesSHA256: String { certificate.imagesSHA256 }
    }

    /// Writes the files of a result, each whole or not at all; makes the directory where it is missing. An older
    /// certificate is removed first, with what was made of the older run, and the new one comes last: a certificate
    /// never stands beside another run's records.
    public static func write<Expected, Records, Truth>(
        _ run: Content<Expected, Records, Truth>, to directory: String
    ) throws(FileError) -> Written {
        try makeDirectories(directory)
        let path = { (name: String) in "\(directory)/\(name)" }
        for name in [certificateName, Report.name, runName, filesName] {
            guard unlink(path(name)) == 0 || errno == ENOENT else {
                throw FileError(path: path(name), operation: "remove", code: errno)
            }
        }
        let digest = try writeImages(run.records, path: path(imagesName))
        var digests = run.digests
        if let lines = run.fileLines {
            digests.append(.init(name: filesDigestName, sha256: try write(lines(), path: path(filesName))))
        }
        var certificate = Certificate(
            expected: run.expected, records: run.records, deliveries: run.deliveries, imagesSHA256: digest,
            digests: digests, precision: run.precision, otherReasons: run.otherReasons, annotated: run.annotated)
        let metrics = Metrics(records: run.records, groundTruth: run.groundTruth)
        let agreement =
            run.precision == "exact"
            ? nil : PrecisionAgreement(records: run.records, convention: run.convention)
        let baselines = Baselines(run.groundTruth, convention: run.convention)
        let table = AccuracyTable(
            rows: [
                AccuracyTable.Row(
                    network: run.title, metrics: metrics, certificate: certificate, agreement: agreement,
                    hasLabels: run.hasLabels, maps: run.maps)
            ],
            baselines: baselines, convention: run.convention)
        let summary = Summary(
            network: run.network, protocolBlock: run.protocolBlock, metrics: metrics, baselines: baselines,
            certificate: certificate, agreement: agreement, hasLabels: run.hasLabels, maps: run.maps, title: run.title,
            fingerprint: run.fingerprint)
        let text = summary.json.pretty
        certificate.digests.append(.init(name: summaryDigestName, sha256: SHA256.hex(text)))
        try AtomicFile.write(path: path(summaryName), text: text)
        try AtomicFile.write(path: path(tableName), text: table.markdown)
        try AtomicFile.write(path: path(certificateName), text: certificate.json.pretty)
        return Written(
            certificate: certificate, metrics: metrics, table: table,
            paths: ([imagesName] + (run.fileLines == nil ? [] : [filesName])
                + [summaryName, tableName, certificateName]).map(path))
    }

    /// Writes one line a record and gives the SHA-256 of the file.
    public static func writeImages(
        _ records: some Sequence<ImageRecord>, path: String
    ) throws(FileError) -> String {
        try write(records.lazy.map(\.jsonLine), path: path)
    }

    /// Writes lines, each with its end, and gives the SHA-256 of the file. They go out in portions, so that memory is
    /// bounded whatever the number of images.
    private static func write(_ lines: some Sequence<String>, path: String) throws(FileError) -> String {
        var file = try AtomicFile(path: path)
        var digest = SHA256()
        var portion: [UInt8] = []
        for line in lines {
            portion.append(contentsOf: line.utf8)
            if portion.count >= 1 << 18 {
                digest.update(portion)
                try file.append(portion)
                portion.removeAll(keepingCapacity: true)
            }
        }
        digest.update(portion)
        try file.append(portion)
        try file.commit()
        return digest.finalizeHex()
    }
}
