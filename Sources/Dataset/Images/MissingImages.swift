/// Annotated images of which no file was found, and what there is in their place.
public struct MissingImages: Sendable {
    public let ids: [String]
    /// Images asked for.
    public let expected: Int
    private let catalog: ImageCatalog

    /// Nil where all are there.
    public init?(_ manifest: Manifest, in catalog: ImageCatalog) {
        ids = manifest.missingIDs
        guard !ids.isEmpty else { return nil }
        expected = manifest.entries.count
        self.catalog = catalog
    }

    public var isEveryone: Bool { ids.count == expected }

    /// For a run of which no image is there.
    public var refusal: DatasetError {
        let nothing = expected == 1 ? "not the annotated image" : "none of the \(expected) annotated images"
        return .field(
            file: catalog.root, line: nil, field: "images", found: "\(nothing), but \(evidence)",
            expected: "JPEG files with names such as \(ids[0])\(advice)")
    }

    /// Lines for the user, the first few images by name.
    public var notes: [String] {
        var lines = [
            (expected == 1
                ? "the annotated image is"
                : "\(ids.count) of the \(expected) annotated images \(ids.count == 1 ? "is" : "are")")
                + " not in \(catalog.root):"
        ]
        let shown = 10
        for id in ids.prefix(shown) {
            lines.append("  \(id): " + (catalog.substitute(for: id) ?? "no JPEG file of that name"))
        }
        if ids.count > shown { lines.append("  and \(ids.count - shown) more") }
        let closed = catalog.others.closed
        if !closed.isEmpty {
            lines.append("  not searched, for want of permission: " + closed.prefix(5).joined(separator: ", "))
        }
        return lines
    }

    /// What was found instead.
    private var evidence: String {
        let substitutes = ids.prefix(100_000).compactMap { catalog.substitute(for: $0) }
        guard let first = substitutes.first else { return catalog.summary }
        return substitutes.count == 1 ? first : "other files for \(substitutes.count) of them: \(first)"
    }

    private var advice: String {
        let root = catalog.root
        if catalog.count == 0, let archive = catalog.others.archive {
            let path = root + "/" + archive
            if archive.hasSuffix(".tar") { return ": --images \(path)" }
            return ": unpack \(path)"
        }
        guard let (folder, count) = ImageSearch(ids).best(near: root) else { return "" }
        let found = count < expected ? "\(count) of the \(expected)" : expected == 1 ? "it" : "all of them"
        return "; --images \(folder) has \(found)"
    }
}
