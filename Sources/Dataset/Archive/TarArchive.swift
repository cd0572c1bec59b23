import Bytes

/// A tar archive that is read where it lies, such as `ILSVRC2012_img_val.tar`: where each image's bytes are.
package struct TarArchive {
    let path: String
    private let cache: TarIndexCache?

    /// - Parameter cache: where what was found is kept for the next time; nil for nowhere.
    package init(path: String, cache: TarIndexCache? = .standard) {
        self.path = path
        self.cache = cache
    }

    /// The images, links to other members followed.
    package func images() throws(DatasetError) -> ImageCatalog {
        let file: FilePieces
        do throws(FileError) { file = try FilePieces(path: path) } catch { throw .file(error) }
        var catalog = ImageCatalog(root: path)
        if let known = cache?.members(of: path) {
            add(known, to: &catalog)
            return catalog
        }
        try requireTar(file)
        var reader = TarReader(file, path: path)
        let (images, others) = TarMember.sorted(try reader.read())
        // What is no image serves messages only: the index has none of it.
        cache?.keep(images, of: path)
        add(images, to: &catalog)
        for other in others { catalog.others.add(other) }
        return catalog
    }

    private func add(_ members: [TarMember], to catalog: inout ImageCatalog) {
        for member in members.sorted(by: { $0.name < $1.name }) {
            guard case .file(let bytes, let map) = member.content else { continue }
            var place = ImageLocation(path: path, part: bytes)
            place.map = map
            catalog.add(member.name, at: place)
        }
    }

    /// Throws for what begins as another kind of file does.
    private func requireTar(_ file: FilePieces) throws(DatasetError) {
        guard let head = file.read(at: 0, count: TarHeader.blockBytes),
            head.count < TarHeader.blockBytes
                || (try? TarHeader(head[...])) == nil
        else { return }
        guard let kind = FileKind.of(head) else {
            guard let (found, expected) = noArchive(head, file.size) else { return }
            throw .field(file: path, line: nil, field: "images", found: found, expected: expected)
        }
        guard kind != .tar else { return }
        let expected: String
        switch kind {
        case .gzip, .bzip2, .xz, .zstandard, .lz4:
            expected = "an uncompressed tar: \(kind.unpacking(path)!) > images.tar, then --images images.tar"
        case .zip, .sevenZip, .rar: expected = "a folder or an uncompressed tar: \(kind.unpacking(path)!)"
        case .jpeg: expected = "the folder that holds it, or a tar of such files"
        default: expected = "a folder of JPEG files, or an uncompressed tar of them"
        }
        throw .field(file: path, line: nil, field: "images", found: kind.rawValue, expected: expected)
    }

    /// What begins as no known kind of file and can be no archive; nil where it may be a damaged one.
    private func noArchive(_ head: [UInt8], _ size: UInt64) -> (found: String, expected: String)? {
        let folder = "a folder of JPEG files, or an uncompressed tar of them"
        if head.isEmpty { return (FileKind.empty.rawValue, folder) }
        if TextEncoding.isText(head) {
            let isTable = WSOLFiles.all.contains(String(FileTree.lastName(path)))
            return (
                isTable ? "one of the WSOL benchmark's four files" : "a text file",
                isTable ? "the images' folder (this one's folder is for --annotations)" : folder
            )
        }
        guard size < UInt64(TarHeader.blockBytes) else { return nil }
        return ("a file of \(size) byte\(size == 1 ? "" : "s"), too short for an archive", folder)
    }
}
