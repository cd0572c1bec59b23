import Bytes

/// Reads the structure of a safetensors file: the header's length as 8 bytes, the header in JSON, the elements.
///
/// Source: https://huggingface.co/docs/safetensors, "Format". As it demands: at most 100 MB of header, no name twice,
/// the elements' bytes are covered without holes or overlaps, little-endian, row-major.
enum SafetensorsReader {
    static let headerLimit = 100_000_000

    /// Its ninth byte opens the header; in PyTorch's two forms another byte stands there.
    static func recognises(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
    }

    static func read(_ file: MappedFile) throws(WeightError) -> WeightFileContents {
        var cursor = ByteCursor(file, in: 0..<file.count)
        let length = try cursor.size(UInt64.self, "the header's length")
        guard length <= headerLimit else {
            throw .tooLarge(path: file.path, what: "bytes of header", found: length, limit: headerLimit)
        }
        var header = SafetensorsHeader(ByteCursor(file, in: try cursor.take(length, "the header")))
        try header.parse()

        var contents = WeightFileContents()
        contents.metadata = header.metadata
        let data = cursor.position..<file.count
        var covered = 0
        for entry in header.entries.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            func bad(_ problem: String) -> WeightError {
                .badTensor(path: file.path, tensor: entry.name, problem: problem)
            }
            guard entry.start <= entry.end, entry.end <= data.count else {
                throw bad(
                    "data_offsets [\(entry.start), \(entry.end)] leave the file's \(data.count) bytes of elements")
            }
            guard entry.start == covered else {
                throw bad("its elements start at \(entry.start), expected \(covered): a hole or an overlap")
            }
            covered = entry.end
            let storage = data.lowerBound + entry.start..<data.lowerBound + entry.end
            let tensor = try StoredTensor.checked(
                path: file.path, name: entry.name, dataType: entry.dataType, shape: entry.shape, strides: nil,
                firstElement: 0, storage: StorageBytes(place: storage), elementLimit: file.count)
            guard tensor.count * entry.dataType.byteCount == storage.count else {
                throw bad(
                    "found \(storage.count) bytes, expected \(tensor.count * entry.dataType.byteCount) for shape "
                        + "\(entry.shape) of \(entry.dataType.rawValue)")
            }
            try contents.add(tensor, named: entry.name, path: file.path)
        }
        if let name = contents.doubles.min() {
            throw .badTensor(path: file.path, tensor: name, problem: "found twice, expected once")
        }
        guard covered == data.count else {
            throw .malformed(
                path: file.path, byte: data.lowerBound + covered,
                problem: "\(data.count - covered) bytes belong to no tensor")
        }
        return contents
    }
}
