import Bytes
import SelectiveTuning

/// What a run left, valid or not, as far as a report needs it. The records must be those that the certificate names.
public struct RunDirectory: Sendable {
    public let path: String
    public let network: String
    /// Of the run's row in a table.
    public let title: String
    public let protocolBlock: JSON
    public let certificate: Certificate
    public let baselines: Baselines
    public let records: [ImageRecord]
    /// Whether the records say which class was found.
    public let hasLabels: Bool
    /// Where the boxes come from score maps.
    public let maps: MapSummary?
    /// Nil where there is no `run.json`.
    public let facts: RunFacts?

    private static let largest = 1 << 30

    /// Throws `FileError` or `JSONError`, each with the file's name; `FinishedRun.Refusal` for records of another run.
    public init(path: String) throws {
        let path = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
        self.path = path
        try FinishedRun.Refusal.unlessResult(in: path)
        func json(_ name: String) throws -> JSON {
            let file = "\(path)/\(name)"
            return try JSON.parse(
                try WholeFile.read(path: file, limit: Self.largest), source: file, limits: .init(bytes: Self.largest))
        }
        certificate = try Certificate(
            try json(RunOutput.certificateName), source: "\(path)/\(RunOutput.certificateName)")
        let imagesPath = "\(path)/\(RunOutput.imagesName)"
        let images = try WholeFile.read(path: imagesPath, limit: Self.largest)
        let digest = SHA256.hex(images)
        guard digest == certificate.imagesSHA256 else {
            throw FinishedRun.Refusal(
                description:
                    "\(imagesPath): its SHA-256 is \(digest), the certificate's is \(certificate.imagesSHA256): "
                    + "one of them is another run's or was changed")
        }
        records = try images.withUnsafeBytes { try ImageRecord.parseLines($0, source: imagesPath) }
        let summaryPath = "\(path)/\(RunOutput.summaryName)"
        let text = try WholeFile.read(path: summaryPath, limit: Self.largest)
        try FinishedRun.Refusal.unlessSame(text, path: summaryPath, certificate.digests)
        let summary = try JSON.parse(text, source: summaryPath, limits: .init(bytes: Self.largest))
        var fields = try JSONFields(summary, source: summaryPath)
        network = try fields.string("network")
        protocolBlock = try fields.required("protocol")
        let method = protocolBlock["method"]?.stringValue.flatMap(LocalizationMethod.init)
        title = summary["title"]?.stringValue ?? method?.rowTitle(network: network) ?? network
        baselines = try Baselines(try fields.required("baselines"), source: summaryPath, path: "baselines")
        let metrics = summary["metrics"] ?? summary["invalid_metrics"]
        hasLabels = metrics?["label_top1"]?.isNull == false
        if let scores = metrics?["score_maps"] {
            maps = try MapSummary(scores, name: title, source: summaryPath, path: "metrics.score_maps")
        } else {
            maps = nil
        }
        let runPath = "\(path)/\(RunOutput.runName)"
        facts =
            access(runPath, F_OK) == 0 ? try RunFacts(try json(RunOutput.runName), source: runPath) : nil
    }
}
