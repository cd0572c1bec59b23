import Bytes
import Evaluation

/// What a result's summary says of the images that failed: each is named once, and of many the certificate has the rest.
struct FailureLines {
    private static let most = 20

    let lines: [String]

    /// - Parameters:
    ///   - named: images of which it was said already that they failed, and why.
    ///   - path: where an image's file lies: the records must not depend on it; who reads this looks for the file.
    init(
        _ certificate: Certificate, named: Set<String> = [], certificatePath: String,
        path: (String) -> String? = { _ in nil }
    ) {
        guard !certificate.failed.isEmpty else {
            lines = []
            return
        }
        let rest = certificate.failed.filter { !named.contains($0.id) }
        let shown = rest.prefix(Self.most).map { failure in
            "failed: \(failure.line + (path(failure.id).map { " (\($0))" } ?? ""))".onOneLine
        }
        let count = certificate.failed.count
        let above = rest.isEmpty ? "named above, and " : ""
        lines =
            shown + [
                "failed: \(count) image\(count == 1 ? "" : "s"), \(above)each with its reason in \(certificatePath)"
            ]
    }
}
