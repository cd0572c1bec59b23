import Foundation
import SelectiveTuning

/// What is known of one image: its class and the boxes of its objects.
public struct Annotation: Sendable, Hashable {
    /// The image file's stem.
    public let id: String
    /// The class's index.
    public let label: Int
    /// In the original image's pixels; at least one.
    public let boxes: [Box]
    /// The image's size as the annotation says; the decoded image's size is the one that counts.
    public let declaredWidth: Int?
    public let declaredHeight: Int?

    public init(id: String, label: Int, boxes: [Box], declaredWidth: Int? = nil, declaredHeight: Int? = nil) {
        self.id = id
        self.label = label
        self.boxes = boxes
        self.declaredWidth = declaredWidth
        self.declaredHeight = declaredHeight
    }
}

/// The annotations of a set of images, in the forms that exist.
public enum Annotations {
    /// Loads a folder: the four text files of the WSOL benchmark (`image_ids.txt` and its companions), or a tree of
    /// PASCAL-VOC XML files, flat or one folder a class; or a file: `LOC_val_solution.csv`. Sorted by id.
    ///
    /// - Throws: `DatasetError` that names the file, the line and the field, what was found and what was expected.
    public static func load(path: String, classes: ClassIndex) throws(DatasetError) -> AnnotationList {
        if access(path + "/" + WSOLFiles.ids, F_OK) == 0 {
            return try WSOLFiles(folder: path, classes: classes).load()
        }
        if FileTree.isRegularFile(path) { return try SolutionFile(path: path, classes: classes).load() }
        let files = try FileTree.files(below: path, extensions: ["xml"])
        guard !files.isEmpty else {
            throw .field(
                file: path, line: nil, field: "annotations", found: "no XML file and no \(WSOLFiles.ids)",
                expected:
                    "a tree of PASCAL-VOC XML files, the WSOL benchmark's four text files, or LOC_val_solution.csv")
        }
        var paths: [String: String] = [:]
        var annotations = AnnotationList()
        for file in files {
            let annotation = try VOCFile(path: file, classes: classes).load()
            if let first = paths.updateValue(file, forKey: annotation.id) {
                throw .duplicate(id: annotation.id, first: first, second: file)
            }
            annotations.append(annotation)
        }
        return annotations.sortedByID()
    }
}
