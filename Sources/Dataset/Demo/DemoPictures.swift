import Bytes

/// The demo's data set: generated pictures with exact boxes, laid out as the ILSVRC validation set is.
///
/// A seed names a sequence of pictures. Their pixels and boxes are the same on every machine; the bytes of the JPEG
/// files are libjpeg-turbo's and may differ between its versions.
public struct DemoPictures: Sendable {
    /// The classes in index order: sorted names.
    public static let classNames: [String] = DemoPattern.allCases.map(\.rawValue)

    /// What was written of one picture.
    public struct Entry: Sendable {
        public let id: String
        /// Index in `classNames`.
        public let label: Int
        public let width: Int
        public let height: Int
        /// 0-based inclusive pixels of the picture.
        public let boxes: [DemoBox]
    }

    /// `demo_00000001` is picture 0.
    public static func id(of index: Int) -> String {
        let digits = String(index + 1)
        return "demo_" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// Writes pictures 0..<`count` of the sequence `seed` as `<imagesSubfolder>/<id>.JPEG` (quality 92, 4:2:0) and
    /// `<annotationsSubfolder>/<id>.xml` below `directory`, which is made where it is missing.
    ///
    /// `names` stand for the classes in the annotations, at least as many as there are.
    ///
    /// - Returns: one entry a picture, in order.
    /// - Throws: `DatasetError` from the encoder; `FileError` where a folder or a file cannot be written.
    @discardableResult
    public static func generate(
        count: Int, seed: UInt64, to directory: String, imagesSubfolder: String = "images",
        annotationsSubfolder: String = "annotations", names: [String] = classNames
    ) throws -> [Entry] {
        let images = "\(directory)/\(imagesSubfolder)"
        let annotations = "\(directory)/\(annotationsSubfolder)"
        try makeDirectories(images)
        try makeDirectories(annotations)
        var entries: [Entry] = []
        let work = WorkMeter("drawing pictures", of: count, "pictures")
        defer { work.end() }
        for index in 0..<max(0, count) {
            let scene = DemoScene(index: index, seed: seed)
            let entry = Entry(
                id: id(of: index), label: scene.label, width: scene.width, height: scene.height, boxes: scene.boxes)
            let jpeg = try JPEGEncoder.encode(scene.render(), quality: 92)
            try AtomicFile.write(path: "\(images)/\(entry.id).JPEG", bytes: jpeg, isFlushed: false)
            let annotation = DemoAnnotation(
                id: entry.id, width: entry.width, height: entry.height, className: names[entry.label],
                boxes: entry.boxes)
            try AtomicFile.write(
                path: "\(annotations)/\(entry.id).xml", bytes: Array(annotation.xml.utf8), isFlushed: false)
            entries.append(entry)
            work.advance()
        }
        return entries
    }
}
