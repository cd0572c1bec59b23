import Bytes

/// What a reader found in a weight file.
struct WeightFileContents {
    static let tensorLimit = 262_144
    /// In UTF-8 bytes.
    static let nameLimit = 1_024

    /// By name; in a pickled checkpoint, the keys that lead to a tensor, joined with dots.
    private(set) var tensors: [String: StoredTensor] = [:]
    /// Names under which two tensors stand.
    private(set) var doubles: Set<String> = []
    /// What is no tensor, by name: "an int", "an object of `argparse.Namespace`".
    var others: [String: String] = [:]
    /// Names of the dicts of a checkpoint.
    var dictionaries: Set<String> = []
    var metadata: [String: String] = [:]

    /// Reads the structure of a file of any known form, told apart by its first bytes.
    static func read(_ file: MappedFile) throws(WeightError) -> WeightFileContents {
        try withExtendedLifetime(file) { () throws(WeightError) in
            let bytes = file.bytes
            // Any bytes may start a safetensors file, its header's length: those of another kind's signature too. But no
            // header is so long that the length's last byte is not zero.
            if SafetensorsReader.recognises(bytes), bytes[7] == 0 { return try SafetensorsReader.read(file) }
            if let foreign = ForeignFile(bytes) { throw .foreignFile(path: file.path, foreign) }
            if SafetensorsReader.recognises(bytes) { return try SafetensorsReader.read(file) }
            if bytes.starts(with: ZipDirectory.localSignature) { return try PyTorchZipReader.read(file) }
            if PyTorchLegacyReader.recognises(bytes) { return try PyTorchLegacyReader.read(file) }
            throw .unknownFormat(path: file.path, firstBytes: Array(bytes.prefix(40)))
        }
    }

    mutating func add(_ tensor: StoredTensor, named name: String, path: String) throws(WeightError) {
        guard name.utf8.count <= WeightFileContents.nameLimit else {
            throw .tooLarge(
                path: path, what: "bytes in the name of tensor \"\(printable(name))\"", found: name.utf8.count,
                limit: WeightFileContents.nameLimit)
        }
        if tensors.updateValue(tensor, forKey: name) != nil { doubles.insert(name) }
        guard tensors.count <= WeightFileContents.tensorLimit else {
            throw .tooLarge(
                path: path, what: "tensors", found: tensors.count, limit: WeightFileContents.tensorLimit)
        }
    }
}
