/// A tree of image files, flat or one folder a class, or a tar archive of them.
public struct ImageDirectory: Sendable {
    /// Extensions of the files that count, in any case.
    static let extensions: Set<String> = ["jpeg", "jpg"]

    /// The places of all `.JPEG`, `.jpeg` and `.jpg` files below `path`, or in the archive `path`, by their stem, by
    /// which an image is known. An archive is read where it lies, never unpacked.
    ///
    /// - Throws: `DatasetError.file` for a folder that cannot be read, `.duplicate` for two files of one stem,
    ///   `.archive` for a damaged archive.
    public static func scan(path: String) throws(DatasetError) -> [String: ImageLocation] {
        // A file can only be an archive.
        if FileTree.isRegularFile(path) { return try TarArchive(path: path).images() }
        var images: [String: ImageLocation] = [:]
        for file in try FileTree.files(below: path, extensions: extensions) {
            let id = FileTree.stem(file)
            if let first = images.updateValue(ImageLocation(path: file), forKey: id) {
                throw .duplicate(id: id, first: first.path, second: file)
            }
        }
        return images
    }
}
