import Bytes

/// A run that is over, read back from its directory: only one whose certificate is valid and whose records are those that
/// the certificate names.
public struct FinishedRun: Sendable {
    public let directory: String
    /// From its summary: the network's name.
    public let network: String
    /// Of its row in a table: with the method and what was not the default.
    public let title: String
    /// Names and values of what it was asked to do.
    public let fingerprint: [(name: String, value: String)]
    public let records: [ImageRecord]
    /// The digest over the image files that were evaluated; nil where boxes or maps were scored.
    public let filesSHA256: String?
    /// The convention of its IoU, as the summary's protocol has it.
    public let iou: String?

    public struct Refusal: Error, CustomStringConvertible {
        public let description: String

        /// Of a summary that is not the certificate's; results of stnet 0.1.0's first versions have no digest of it.
        static func unlessSame(_ summary: [UInt8], path: String, _ digests: [Certificate.Digest]) throws {
            guard let expected = digests.first(where: { $0.name == RunOutput.summaryDigestName })?.sha256 else {
                return
            }
            let digest = SHA256.hex(summary)
            guard digest != expected else { return }
            throw Refusal(
                description:
                    "\(path): its SHA-256 is \(digest), the certificate's is \(expected): one of them is another "
                    + "run's or was changed")
        }

        /// Of a directory without a certificate.
        static func unlessResult(in directory: String) throws {
            let path = "\(directory)/\(RunOutput.certificateName)"
            guard access(path, F_OK) != 0 else { return }
            let problem = access(directory, F_OK) == 0 ? "no such file" : "no such directory"
            throw Refusal(description: "\(path): \(problem), expected the --out of a run")
        }
    }

    private static let largest = 1 << 30

    /// Throws `Refusal`, `FileError` or `JSONError`; each names the file.
    public init(directory: String) throws {
        let directory = directory.hasSuffix("/") && directory.count > 1 ? String(directory.dropLast()) : directory
        func read(_ name: String) throws -> [UInt8] {
            try WholeFile.read(path: "\(directory)/\(name)", limit: Self.largest)
        }
        let certificatePath = "\(directory)/\(RunOutput.certificateName)"
        try Refusal.unlessResult(in: directory)
        let certificate = try JSON.parse(try read(RunOutput.certificateName), source: certificatePath)
        guard certificate["valid"]?.boolValue == true else {
            let reasons = certificate["reasons"]?.arrayValue?.compactMap(\.stringValue).joined(separator: "; ")
            throw Refusal(description: "\(certificatePath): the run is INVALID: \(reasons ?? "no reason is given")")
        }
        let images = try read(RunOutput.imagesName)
        let digest = SHA256.hex(images)
        guard certificate["images_sha256"]?.stringValue == digest else {
            throw Refusal(
                description: "\(directory)/\(RunOutput.imagesName): its SHA-256 is \(digest), the certificate's is "
                    + "\(certificate["images_sha256"]?.stringValue ?? "missing"): one of them is another run's or was changed"
            )
        }
        filesSHA256 = certificate["digests"]?["image_files"]?.stringValue
        records = try images.withUnsafeBytes {
            try ImageRecord.parseLines($0, source: "\(directory)/\(RunOutput.imagesName)")
        }
        let summaryPath = "\(directory)/\(RunOutput.summaryName)"
        let text = try read(RunOutput.summaryName)
        let expected = certificate["digests"]?[RunOutput.summaryDigestName]?.stringValue
        try Refusal.unlessSame(
            text, path: summaryPath,
            expected.map { [.init(name: RunOutput.summaryDigestName, sha256: $0)] } ?? [])
        let summary = try JSON.parse(text, source: summaryPath)
        guard let network = summary["network"]?.stringValue else {
            throw Refusal(description: "\(summaryPath): network: expected a string")
        }
        self.network = network
        title = summary["title"]?.stringValue ?? network
        fingerprint = (summary["fingerprint"]?.objectValue ?? []).map { ($0.0, $0.1.stringValue ?? $0.1.compact) }
        iou = summary["protocol"]?["options"]?["iou"]?.stringValue
        self.directory = directory
    }
}
