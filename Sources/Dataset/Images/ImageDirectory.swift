/// A tree of image files, flat or one folder a class, or a tar archive of them.
public struct ImageDirectory: Sendable {
    /// Extensions of the files that count, in any case.
    static let extensions: Set<String> = ["jpeg", "jpg"]

    /// All `.JPEG`, `.jpeg` and `.jpg` files below `path`, or in the archive `path`, which is read where it lies, never
    /// unpacked. Two files may have one name: only an image that is asked for must be one file. A folder below `path` that
    /// may not be read is left out.
    ///
    /// - Throws: `DatasetError.file` for a folder that cannot be read, `.archive` for a damaged archive, `.field` for a file
    ///   that is none.
    public static func scan(path: String) throws(DatasetError) -> ImageCatalog {
        // A file can only be an archive.
        if FileTree.isRegularFile(path) { return try TarArchive(path: path).images() }
        var catalog = ImageCatalog(root: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
        var found: [FileTree.Entry] = []
        try FileTree.walk(below: path, unreadable: { folder, _ in catalog.others.addClosed(folder) }) { entry in
            if entry.kind == .file, extensions.contains(FileTree.pathExtension(entry.name)) {
                found.append(entry)
            } else {
                catalog.others.add(entry)
            }
        }
        found.sort { $0.path < $1.path }
        for entry in found { catalog.add(entry.name, at: ImageLocation(path: entry.path)) }
        return catalog
    }
}
