import Bytes
import SelectiveTuning

/// One image of a run.
public struct ManifestEntry: Sendable, Hashable {
    /// The image file's stem, or its path where several images have one stem.
    public let id: String
    /// Where the image is; nil where it is annotated but not there, which makes it a failed image of the run.
    public let image: ImageLocation?
    /// The class's index.
    public let label: Int
    /// In the original image's pixels.
    public let boxes: [Box]
    /// The size that the annotation gives; the decoded image's size is the one that counts.
    public let declaredWidth: Int?
    public let declaredHeight: Int?
    /// The files that show which pixels are the objects'; nil where there are boxes alone.
    public var masks: MaskNames?
}

/// The images of a run in the order of their ids. Packed: an entry is made anew each time one is asked for.
public struct Manifest: Sendable {
    public let entries: Entries
    /// SHA-256, in hexadecimal, over the entries' ids, labels, boxes, annotated sizes and masks: what the run is asked to do.
    public let digest: String
    /// Images for which there is no annotation; they take no part.
    public let imagesWithoutAnnotation: Int
    /// Images that are annotated, of which the entries may be a part.
    public let annotatedCount: Int

    public struct Entries: RandomAccessCollection, Sendable {
        fileprivate let annotations: AnnotationList
        /// `ImageLocation.packed`, "" where an image is not there; no texts at all where none is.
        fileprivate let paths: PackedStrings

        public var startIndex: Int { 0 }
        public var endIndex: Int { annotations.count }

        public subscript(index: Int) -> ManifestEntry {
            let annotation = annotations[index]
            let path = paths.count == 0 ? "" : paths[index]
            return ManifestEntry(
                id: annotation.id, image: path.isEmpty ? nil : ImageLocation(packed: path), label: annotation.label,
                boxes: annotation.boxes, declaredWidth: annotation.declaredWidth,
                declaredHeight: annotation.declaredHeight, masks: annotation.masks)
        }
    }

    /// The entry of an id; nil for an image that takes no part.
    public func entry(of id: String) -> ManifestEntry? {
        PackedIndex(entries.annotations.ids, order: nil).place(of: id).map { entries[$0] }
    }

    /// What the annotations' lists call an image, with folders and extension where they have them; the id where they call it
    /// nothing else, and of an image that takes no part.
    public func calledName(of id: String) -> String {
        let annotations = entries.annotations
        guard annotations.called.count > 0, let place = PackedIndex(annotations.ids, order: nil).place(of: id) else {
            return id
        }
        return annotations.called[place]
    }

    /// Whether the entries have masks.
    public var hasMasks: Bool { entries.annotations.hasMasks }

    /// Whether any entry has an image.
    public var hasImages: Bool { entries.paths.count > 0 }

    /// The ids of the entries without an image, in order.
    public var missingIDs: [String] {
        let paths = entries.paths
        return entries.indices.lazy.filter { paths.count == 0 || paths[$0].isEmpty }.map {
            entries.annotations.ids[$0]
        }
    }

    /// The entries' ids alone, in order.
    public var ids: some Sequence<String> & Sendable { IDs(annotations: entries.annotations) }

    private struct IDs: Sequence, Sendable {
        let annotations: AnnotationList

        func makeIterator() -> AnyIterator<String> {
            var next = 0
            return AnyIterator {
                guard next < annotations.count else { return nil }
                defer { next += 1 }
                return annotations.ids[next]
            }
        }
    }

    /// - Parameters:
    ///   - annotations: one an image, ids all different.
    ///   - images: what `ImageDirectory.scan` found.
    ///   - idsPath: a text file of the ids that take part, one a line, folder and extension allowed; nil for all.
    ///   - limit: at most so many entries, the first in the order of ids; nil for all.
    /// - Throws: `DatasetError` for an ids file with an unknown or repeated id, and for an image of which there are two files.
    public init(
        annotations: some Collection<Annotation>, images: ImageCatalog, idsPath: String? = nil, limit: Int? = nil
    ) throws(DatasetError) {
        var chosen = (annotations as? AnnotationList ?? AnnotationList(annotations)).sortedByID()
        precondition(chosen.ids.ascendingOrder() == nil, "one annotation an image")
        imagesWithoutAnnotation =
            images.count == 0
            ? 0 : images.count - images.count(of: chosen.indices.lazy.map { [ids = chosen.ids] in ids[$0] })
        annotatedCount = chosen.count
        if let idsPath {
            let wanted = try Self.places(in: idsPath, of: chosen)
            chosen = chosen.picked(wanted)
        }
        if let limit, limit < chosen.count { chosen = chosen.picked(0..<max(0, limit)) }
        var paths = PackedStrings()
        if images.count > 0 {
            let places = try images.places(of: chosen.indices.lazy.map { [ids = chosen.ids] in ids[$0] })
            if places.contains(where: { $0 != nil }) { for place in places { paths.append(place?.packed ?? "") } }
        }
        entries = Entries(annotations: chosen, paths: paths)
        digest = Self.digest(of: chosen)
    }

    /// The same with places by id.
    public init(
        annotations: some Collection<Annotation>, images: [String: ImageLocation], idsPath: String? = nil,
        limit: Int? = nil
    ) throws(DatasetError) {
        try self.init(annotations: annotations, images: ImageCatalog(images), idsPath: idsPath, limit: limit)
    }

    /// The places of the ids that a file lists, ascending.
    private static func places(in path: String, of annotations: AnnotationList) throws(DatasetError) -> [Int] {
        let table = DelimitedFile(path: path, fields: ["image id"])
        let index = IDIndex(annotations.ids)
        var isWanted = [Bool](repeating: false, count: annotations.count)
        var isFirst = true
        try table.forEachRow { row throws(DatasetError) in
            let found = index.place(of: row.fields[0])
            defer { isFirst = false }
            if found == nil, isFirst, FieldText.isHeadingOfIDs(row.fields[0]) { return }
            guard let place = found else {
                throw table.failure(
                    row, 0, expected: index.expectation(row.fields[0], "the id of an annotated image"))
            }
            guard !isWanted[place] else { throw table.failure(row, 0, expected: "each image id once") }
            isWanted[place] = true
        }
        guard isWanted.contains(true) else {
            throw .field(file: path, line: nil, field: "lines", found: "no image id", expected: "one a line")
        }
        return isWanted.indices.filter { isWanted[$0] }
    }

    /// Each entry as its id's length and bytes, label, annotated size (0 where there is none), number of boxes and the
    /// coordinates' bits, and the names and digest of its masks where it has some: no two lists of entries have the same text.
    private static func digest(of entries: AnnotationList) -> String {
        var digest = SHA256()
        digest.update("stnet manifest 2\n")
        var text = UTF8Text()
        for entry in entries {
            text.append(counted: entry.id)
            text.append(" ")
            text.append(entry.label)
            text.append(" ")
            text.append(entry.declaredWidth ?? 0)
            text.append("x")
            text.append(entry.declaredHeight ?? 0)
            text.append(" ")
            text.append(entry.boxes.count)
            for box in entry.boxes {
                for coordinate in [box.x0, box.y0, box.x1, box.y1] {
                    text.append(" ")
                    text.append(hexadecimal: coordinate.bitPattern)
                }
            }
            if let masks = entry.masks {
                text.append(" ")
                text.append(verbatim: masks.sha256)
                text.append(" masks ")
                text.append(list: masks.objects)
                text.append(" ignored ")
                text.append(list: masks.ignored)
            }
            text.append("\n")
            if text.bytes.count >= 1 << 16 {
                digest.update(text.bytes)
                text.removeAll()
            }
        }
        digest.update(text.bytes)
        return digest.finalizeHex()
    }
}

extension UTF8Text {
    /// With its number of bytes in front.
    fileprivate mutating func append(counted text: String) {
        append(text.utf8.count)
        append(" ")
        append(verbatim: text)
    }

    fileprivate mutating func append(list names: [String]) {
        append(names.count)
        for name in names {
            append(" ")
            append(counted: name)
        }
    }
}
