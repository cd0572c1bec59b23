import Foundation

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
            "\(ids.count) of \(expected) annotated images \(ids.count == 1 ? "is" : "are") not in \(catalog.root):"
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
        if let folder = Self.folder(of: ids[0], near: root) { return ": --images \(folder)" }
        return ""
    }

    /// The folder beside, above or around `root` that holds the image: for a path that is a level too deep, or beside the
    /// right one.
    private static func folder(of id: String, near root: String) -> String? {
        var status = stat()
        guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        let stem = FieldText.withoutExtension(id[...])
        func holds(_ folder: String) -> Bool {
            ["JPEG", "jpg", "jpeg", "JPG"].contains { access("\(folder)/\(stem).\($0)", F_OK) == 0 }
        }
        var above = URL(fileURLWithPath: root).standardizedFileURL
        for _ in 0..<2 where above.path != "/" {
            above.deleteLastPathComponent()
            if holds(above.path) { return above.path }
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: above.path)) ?? []).sorted()
            for name in names.prefix(1000) where !name.hasPrefix(".") && holds(above.path + "/" + name) {
                return above.path + "/" + name
            }
        }
        return nil
    }
}
