/// A tree of image files, flat or one folder a class.
public struct ImageDirectory: Sendable {
    /// Extensions of the files that count, in any case.
    static let extensions: Set<String> = ["jpeg", "jpg"]

    /// The paths of all `.JPEG`, `.jpeg` and `.jpg` files below `path` by their stem, by which an image is known.
    ///
    /// - Throws: `DatasetError.file` for a folder that cannot be read, `.duplicate` for two files of one stem.
    public static func scan(path: String) throws(DatasetError) -> [String: String] {
        var paths: [String: String] = [:]
        for file in try FileTree.files(below: path, extensions: extensions) {
            let id = FileTree.stem(file)
            if let first = paths.updateValue(file, forKey: id) {
                throw .duplicate(id: id, first: first, second: file)
            }
        }
        return paths
    }
}
