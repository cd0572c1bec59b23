import Bytes

/// Reads what `torch.save` has written since PyTorch 1.6: a zip archive with `NAME/data.pkl` (the object),
/// `NAME/data/KEY` (one entry a storage) and `NAME/byteorder`.
///
/// Source: https://docs.pytorch.org/docs/stable/notes/serialization.html.
enum PyTorchZipReader {
    /// What a deflated pickle may grow to.
    private static let pickleLimit = 1 << 28

    static func read(_ file: MappedFile) throws(WeightError) -> WeightFileContents {
        let archive = try ZipDirectory(file)
        let pickles = archive.names.filter { name in
            name.hasSuffix("/data.pkl") && name.utf8.count { $0 == UInt8(ascii: "/") } == 1
        }
        guard let pickleName = pickles.first else {
            throw .foreignFile(path: file.path, ForeignFile(zipEntries: archive.names.sorted()))
        }
        guard pickles.count == 1 else {
            throw .malformed(
                path: file.path, byte: 0,
                problem: "found \(pickles.count) entries NAME/data.pkl in the zip archive, expected one")
        }
        let prefix = pickleName.dropLast("data.pkl".count)
        func find(_ name: String) throws(WeightError) -> StorageBytes {
            guard let place = try archive.contents(of: "\(prefix)\(name)") else {
                throw .malformed(
                    path: file.path, byte: 0,
                    problem: "the zip archive has no entry \"\(printable("\(prefix)\(name)"))\"")
            }
            return place
        }
        if let constants = try archive.contents(of: "\(prefix)constants.pkl") {
            throw .refused(path: file.path, byte: constants.place.lowerBound, construct: "TorchScript archive")
        }
        let isBigEndian = try isBigEndian(try archive.contents(of: "\(prefix)byteorder"), file)
        let pickle = try find("data.pkl")
        guard pickle.count <= pickleLimit || pickle.inflated == nil else {
            throw .tooLarge(
                path: file.path, what: "bytes of the decompressed pickle", found: pickle.count, limit: pickleLimit)
        }
        let object: (root: PickleValue, heap: PickleHeap)
        if pickle.inflated == nil {
            object = try load(ByteCursor(file, in: pickle.place), storageLimit: archive.byteCount)
        } else {
            let inflated = try InflatedBytes(pickle, of: file)
            object = try withExtendedLifetime(inflated) { () throws(WeightError) in
                try load(ByteCursor(inflated, path: file.path), storageLimit: archive.byteCount)
            }
        }
        return try PickledTree(object, file: file).contents(
            isBigEndian: isBigEndian, elementLimit: archive.byteCount
        ) { (storage) throws(WeightError) in
            try find("data/\(storage.key)")
        }
    }

    private static func load(
        _ start: ByteCursor, storageLimit: Int
    ) throws(WeightError) -> (root: PickleValue, heap: PickleHeap) {
        var cursor = start
        let object = try PickleMachine.load(&cursor, storageLimit: storageLimit)
        guard cursor.remaining == 0 else { throw cursor.malformed("bytes after the pickled object") }
        return object
    }

    private static func isBigEndian(_ storage: StorageBytes?, _ file: MappedFile) throws(WeightError) -> Bool {
        guard let storage else { return false }
        // It is a word: whatever is much longer is none.
        guard storage.count <= 64 else {
            throw .malformed(path: file.path, byte: storage.place.lowerBound, problem: "expected the byte order")
        }
        let order = try StorageReader(file).read(storage) { String(decoding: $0, as: UTF8.self) }
        guard order == "little" || order == "big" else {
            throw .refused(
                path: file.path, byte: storage.place.lowerBound, construct: "byte order \"\(printable(order))\"")
        }
        return order == "big"
    }
}
