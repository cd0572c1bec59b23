import Bytes
import Evaluation

/// The valid result that lies in a results directory.
package struct FinishedOutput: Sendable {
    let directory: String
    let title: String
    let imagesSHA256: String
    /// What the run was asked to do.
    let fingerprint: JournalFingerprint
    private let summary: JSON
    /// SHA-256 of the list of evaluated files; nil in the result of a version that had none, and of a score.
    private let filesSHA256: String?
    /// For people: what lies beside the result.
    var note: String?

    private static let largest = 1 << 30

    /// Nil where there is no result, or one that is not valid.
    /// - Throws: `OutputError.damaged` for a valid certificate beside other files than it speaks of, `.foreign` for what is
    ///   no certificate.
    init?(directory: String) throws(OutputError) {
        let path = { (name: String) in "\(directory)/\(name)" }
        func json(_ name: String) throws -> JSON {
            try JSON.parse(
                try WholeFile.read(path: path(name), limit: Self.largest), source: path(name),
                limits: .init(bytes: Self.largest))
        }
        guard access(path(RunOutput.certificateName), F_OK) == 0 else { return nil }
        do {
            let certificate = try json(RunOutput.certificateName)
            guard let isValid = certificate["valid"]?.boolValue else {
                throw OutputError.foreign(path: path(RunOutput.certificateName))
            }
            guard isValid else { return nil }
            let digest = SHA256.hex(try WholeFile.read(path: path(RunOutput.imagesName), limit: Self.largest))
            guard certificate["images_sha256"]?.stringValue == digest else {
                throw OutputError.damaged(
                    directory: directory, problem: "the SHA-256 of \(RunOutput.imagesName) is not the certificate's")
            }
            let text = try WholeFile.read(path: path(RunOutput.summaryName), limit: Self.largest)
            let digests = certificate["digests"]
            if let expected = digests?[RunOutput.summaryDigestName]?.stringValue, SHA256.hex(text) != expected {
                throw OutputError.damaged(
                    directory: directory, problem: "the SHA-256 of \(RunOutput.summaryName) is not the certificate's")
            }
            summary = try JSON.parse(
                text, source: path(RunOutput.summaryName), limits: .init(bytes: Self.largest))
            filesSHA256 = digests?[RunOutput.filesDigestName]?.stringValue
            imagesSHA256 = digest
        } catch let error as OutputError {
            throw error
        } catch {
            throw .damaged(directory: directory, problem: "\(error)".replacing("\(directory)/", with: ""))
        }
        var fingerprint = JournalFingerprint()
        for (name, value) in summary["fingerprint"]?.objectValue ?? [] {
            fingerprint.take(name, value.stringValue ?? value.compact)
        }
        self.fingerprint = fingerprint
        title = summary["title"]?.stringValue ?? summary["network"]?.stringValue ?? "unnamed"
        self.directory = directory
    }

    /// How a run differs from the one that left this. A result of a version that did not write down what it was asked to
    /// do is another one's.
    func differences(from run: JournalFingerprint) -> [JournalError.Difference] {
        guard !fingerprint.fields.isEmpty else { return [.init(name: "fingerprint", journal: nil, run: "of this run")] }
        return run.differences(from: fingerprint)
    }

    /// The list of the files that were evaluated; nil where the result has none.
    /// - Throws: `OutputError.damaged` for one that is not the certificate's.
    func fileList() throws(OutputError) -> String? {
        guard let filesSHA256 else { return nil }
        let path = "\(directory)/\(RunOutput.filesName)"
        guard let bytes = try? WholeFile.read(path: path, limit: Self.largest) else {
            throw .damaged(directory: directory, problem: "\(RunOutput.filesName) is missing")
        }
        guard SHA256.hex(bytes) == filesSHA256 else {
            throw .damaged(
                directory: directory, problem: "the SHA-256 of \(RunOutput.filesName) is not the certificate's")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What people look for first: `650 images, label 77.8 %, IoU >= .25 80.5 %, .50 55.8 %, .75 29.4 %`.
    var headline: String {
        let metrics = summary["metrics"]
        func share(_ rate: JSON?) -> String? { rate?["rate"]?.doubleValue.map { "\(Progress.fixed(100 * $0)) %" } }
        var parts: [String] = []
        if let count = summary["coverage"]?["evaluated"]?.intValue { parts.append("\(grouped(count)) images") }
        if let label = share(metrics?["label_top1"]) { parts.append("label \(label)") }
        let known = ["0.25", "0.50", "0.75"].compactMap { threshold in
            share(metrics?["gt_known"]?[threshold]).map { "\(threshold.dropFirst()) \($0)" }
        }
        if !known.isEmpty { parts.append("IoU >= " + known.joined(separator: ", ")) }
        return parts.joined(separator: ", ")
    }

    /// The lines that a run prints in the place of doing the same again.
    package var lines: [String] {
        let isThere = { (name: String) in access("\(directory)/\(name)", F_OK) == 0 }
        let names = RunOutput.names.filter { $0 != RunOutput.filesName || filesSHA256 != nil }
        let gone = names.filter { !isThere($0) }
        let more =
            gone.isEmpty
            ? [] : ["gone: \(gone.joined(separator: ", ")); stnet-coord report \(directory) makes the page again"]
        return [
            "\(directory) is complete: nothing was evaluated (--force evaluates again)", "\(title): \(headline)",
            "\(RunOutput.imagesName) has SHA-256 \(imagesSHA256)",
        ] + (note.map { [$0] } ?? []) + more
            + names.filter(isThere).map { $0 == Report.name ? "report: \(directory)/\($0)" : "  \(directory)/\($0)" }
    }
}
