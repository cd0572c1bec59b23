/// A tree of `.npy` files, one an image.
public enum MapDirectory {
    /// The paths of all `.npy` files below `path` by the image's id, which is the file's name without `.npy` and without
    /// an image's extension before that: `ILSVRC2012_val_00000001.JPEG.npy`, as the WSOL benchmark names them.
    ///
    /// - Throws: `DatasetError.file` for a folder that cannot be read, `.duplicate` for two maps of one image.
    public static func scan(path: String) throws(DatasetError) -> [String: String] {
        var maps: [String: String] = [:]
        for file in try FileTree.files(below: path, extensions: ["npy"]) {
            guard let id = FieldText.id(FileTree.stem(file)[...]) else { continue }
            if let first = maps.updateValue(file, forKey: id) { throw .duplicate(id: id, first: first, second: file) }
        }
        return maps
    }
}
