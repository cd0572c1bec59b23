import Bytes

/// Reads what `torch.save` has written since PyTorch 1.6: a zip archive with `NAME/data.pkl` (the object),
/// `NAME/data/KEY` (one entry a storage) and `NAME/byteorder`.
///
/// Source: https://docs.pytorch.org/docs/stable/notes/serialization.html.
enum PyTorchZipReader {
    static func read(_ file: MappedFile) throws(WeightError) -> WeightFileContents {
        let archive = try ZipDirectory(file)
        let pickles = archive.names.filter { name in
            name.hasSuffix("/data.pkl") && name.utf8.count { $0 == UInt8(ascii: "/") } == 1
        }
        guard let pickleName = pickles.first, pickles.count == 1 else {
            throw .malformed(
                path: file.path, byte: 0,
                problem: "found \(pickles.count) entries NAME/data.pkl in the zip archive, expected one")
        }
        let prefix = pickleName.dropLast("data.pkl".count)
        func find(_ name: String) throws(WeightError) -> Range<Int> {
            guard let place = try archive.contents(of: "\(prefix)\(name)") else {
                throw .malformed(
                    path: file.path, byte: 0,
                    problem: "the zip archive has no entry \"\(printable("\(prefix)\(name)"))\"")
            }
            return place
        }
        if let place = try archive.contents(of: "\(prefix)constants.pkl") {
            throw .refused(path: file.path, byte: place.lowerBound, construct: "TorchScript archive")
        }
        if let place = try archive.contents(of: "\(prefix)byteorder") {
            let order = String(decoding: file.bytes[place], as: UTF8.self)
            guard order == "little" else {
                throw .refused(path: file.path, byte: place.lowerBound, construct: "byte order \"\(printable(order))\"")
            }
        }
        var cursor = ByteCursor(file, in: try find("data.pkl"))
        let object = try PickleMachine.load(&cursor)
        guard cursor.remaining == 0 else { throw cursor.malformed("bytes after the pickled object") }
        return try StateDictionary(object, file: file).contents { (storage) throws(WeightError) in
            try find("data/\(storage.key)")
        }
    }
}
