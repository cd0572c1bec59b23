/// A tree of `.npy` files, one an image.
public struct MapDirectory: Sendable {
    private var files = FileCatalog<String>()
    /// Where it was searched.
    public let root: String

    /// Finds all `.npy` files below `path`. An image's is called as the image, without `.npy`; an image's extension before
    /// that may be there (`ILSVRC2012_val_00000001.JPEG.npy`, as the WSOL benchmark names them).
    ///
    /// - Throws: `DatasetError.file` for a folder that cannot be read.
    public static func scan(path: String) throws(DatasetError) -> MapDirectory {
        var maps = MapDirectory(root: path)
        for file in try FileTree.files(below: path, extensions: ["npy"]) {
            maps.files.add(FileTree.withoutExtension(file.name), at: file.path)
        }
        return maps
    }

    private init(root: String) { self.root = root }

    public var count: Int { files.count }

    /// What lies there in the place of maps.
    public var substitute: String? { FileTree.commonest(below: root).map { FileTree.counted($0.count, $0.extension) } }

    /// The map of an image; nil where there is none. Throws `DatasetError.duplicate` for two.
    public func path(of id: String) throws(DatasetError) -> String? {
        let candidates = files.candidates(id)
        for other in candidates.dropFirst() {
            throw .duplicate(id: id, first: files.places[candidates[0]], second: files.places[other])
        }
        return candidates.first.map { files.places[$0] }
    }

    /// The maps of these images, in their order.
    ///
    /// - Throws: as `path(of:)`, and where one file would be the map of two images.
    public func paths(of ids: some Sequence<String>) throws(DatasetError) -> [String?] {
        var found: [String?] = []
        var owners: [String: String] = [:]
        for id in ids {
            let path = try path(of: id)
            found.append(path)
            // The stem of an id without folders is its own.
            guard let path, id.utf8.contains(UInt8(ascii: "/")) else { continue }
            if let other = owners.updateValue(id, forKey: path) {
                throw .field(
                    file: path, line: nil, field: "map", found: "one file for \(other) and \(id)",
                    expected: "a file for each, in the folders that the ids name")
            }
        }
        return found
    }

    /// What the maps are called that belong to none of these images, sorted.
    public func surplus(beside ids: some Sequence<String>) -> [String] {
        var isNamed = [Bool](repeating: false, count: files.count)
        for id in ids { for place in files.candidates(id) { isNamed[place] = true } }
        return isNamed.indices.filter { !isNamed[$0] }.map(files.shortName).sorted()
    }
}
