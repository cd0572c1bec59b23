import Bytes
import SelectiveTuning

/// One image of a run.
public struct ManifestEntry: Sendable, Hashable {
    /// The image file's stem.
    public let id: String
    /// Where the image is; nil where it is annotated but not there, which makes it a failed image of the run.
    public let imagePath: String?
    /// The class's index.
    public let label: Int
    /// In the original image's pixels.
    public let boxes: [Box]
    /// The size that the annotation gives; the decoded image's size is the one that counts.
    public let declaredWidth: Int?
    public let declaredHeight: Int?
}

/// The images of a run in the order of their ids.
public struct Manifest: Sendable {
    public let entries: [ManifestEntry]
    /// SHA-256, in hexadecimal, over the entries' ids, labels and boxes: what the run is asked to do.
    public let digest: String
    /// Images for which there is no annotation; they take no part.
    public let imagesWithoutAnnotation: Int

    /// - Parameters:
    ///   - annotations: one an image, ids all different.
    ///   - images: paths by stem, as `ImageDirectory.scan` gives them.
    ///   - idsPath: a text file of the ids that take part, one a line, folder and extension allowed; nil for all.
    ///   - limit: at most so many entries, the first in the order of ids; nil for all.
    /// - Throws: `DatasetError` for an ids file with an unknown or repeated id.
    public init(
        annotations: [Annotation], images: [String: String], idsPath: String? = nil, limit: Int? = nil
    ) throws(DatasetError) {
        var chosen = annotations.sorted { $0.id < $1.id }
        let known = Set(chosen.map(\.id))
        precondition(known.count == chosen.count, "one annotation an image")
        imagesWithoutAnnotation = images.keys.count { !known.contains($0) }
        if let idsPath {
            let wanted = try Self.ids(in: idsPath, known: known)
            chosen.removeAll { !wanted.contains($0.id) }
        }
        if let limit { chosen.removeLast(max(0, chosen.count - max(0, limit))) }
        entries = chosen.map {
            ManifestEntry(
                id: $0.id, imagePath: images[$0.id], label: $0.label, boxes: $0.boxes, declaredWidth: $0.declaredWidth,
                declaredHeight: $0.declaredHeight)
        }
        digest = Self.digest(of: entries)
    }

    private static func ids(in path: String, known: Set<String>) throws(DatasetError) -> Set<String> {
        let table = try TextTable(path: path, fields: ["image id"])
        var ids: Set<String> = []
        for row in table.rows {
            guard let id = FieldText.id(row.fields[0]), known.contains(id) else {
                throw table.failure(row, 0, expected: "the id of an annotated image")
            }
            guard ids.insert(id).inserted else { throw table.failure(row, 0, expected: "each image id once") }
        }
        return ids
    }

    /// Each entry as its id's length and bytes, label, number of boxes and the coordinates' bits: no two lists of
    /// entries have the same text.
    private static func digest(of entries: [ManifestEntry]) -> String {
        var digest = SHA256()
        digest.update("stnet manifest 1\n")
        for entry in entries {
            var text = "\(entry.id.utf8.count) \(entry.id) \(entry.label) \(entry.boxes.count)"
            for box in entry.boxes {
                for coordinate in [box.x0, box.y0, box.x1, box.y1] {
                    text += " " + String(coordinate.bitPattern, radix: 16)
                }
            }
            digest.update(text + "\n")
        }
        return digest.finalizeHex()
    }
}
