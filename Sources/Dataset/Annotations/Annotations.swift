import Bytes

/// The annotations of a set of images, in the forms that exist.
public enum Annotations {
    /// Loads a folder: the four text files of the WSOL benchmark (`image_ids.txt` and its companions), or a tree of
    /// PASCAL-VOC XML files, flat or one folder a class; or a file: `LOC_val_solution.csv`. Sorted by id.
    ///
    /// An id is the image's stem; where several images have one stem, it is the whole of what the files call it. What is odd
    /// and no error stands in the list's `notes`.
    ///
    /// - Parameter masks: the folder in which the masks' paths begin, for annotations that have masks; each is read once, for the
    ///   box around its object.
    /// - Throws: `DatasetError` that names the file, the line and the field, what was found and what was expected.
    public static func load(
        path: String, classes: ClassIndex, masks: String? = nil
    ) throws(DatasetError) -> AnnotationList {
        var list: AnnotationList
        if access(path + "/" + WSOLFiles.ids, F_OK) == 0 {
            list = try WSOLFiles(folder: path, classes: classes, masks: masks).load()
        } else if let masks {
            throw .field(
                file: path, line: nil, field: "masks", found: "annotations without masks",
                expected: "the WSOL benchmark's text files beside --masks \(masks)")
        } else if FileTree.isRegularFile(path) {
            if let error = AnnotationSearch.refusal(ofFile: path) { throw error }
            list = try SolutionFile(path: path, classes: classes).load()
        } else {
            let files = try FileTree.files(below: path, extensions: ["xml"])
            guard !files.isEmpty else { throw AnnotationSearch.refusal(ofFolder: path) }
            list = try VOCTree(files: files, classes: classes).load()
        }
        list.notes += BoxOddities(of: list).notes("the annotations")
        return list
    }
}
