import Bytes

/// Writes float32 tensors as safetensors. The same tensors and metadata give the same bytes whatever their order:
/// tensors and metadata stand sorted by name, and the elements start at a multiple of 8 bytes.
///
/// The file appears under its name only once it is complete: it is written beside it and renamed.
public enum SafetensorsWriter {
    /// Throws `WeightError` for a shape that its values do not fit, a name twice, or a value that is not finite.
    public static func write(
        path: String, tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String] = [:]
    ) throws {
        let values = Dictionary(tensors.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
        try write(path: path, tensors: tensors.map { ($0.name, $0.shape) }, metadata: metadata) { name, _ in
            values[name] ?? []
        }
    }

    /// Throws `WeightError` as above, and `FileError` when the system cannot write.
    ///
    /// Asks `values` for one tensor after the other, sorted by name, so that one at a time needs memory.
    /// - Parameter values: a tensor's elements in row-major order, by its name and shape.
    public static func write(
        path: String, tensors: [(name: String, shape: [Int])], metadata: [String: String] = [:],
        values: (_ name: String, _ shape: [Int]) throws -> [Float]
    ) throws {
        let tensors = tensors.sorted { $0.name < $1.name }
        let header = try header(path: path, tensors: tensors, metadata: metadata)
        var file = try AtomicFile(path: path)
        try file.append(header)
        let work = WorkMeter("writing \(path)", of: tensors.count, "tensors")
        defer { work.end() }
        for tensor in tensors {
            let elements = try values(tensor.name, tensor.shape)
            let expected = tensor.shape.reduce(1, *)
            guard elements.count == expected else {
                throw WeightError.badTensor(
                    path: path, tensor: tensor.name,
                    problem: "found \(elements.count) values, expected \(expected) for shape \(tensor.shape)")
            }
            if let index = elements.firstIndex(where: { !$0.isFinite }) {
                throw WeightError.notFinite(path: path, tensor: tensor.name, index: index, value: elements[index])
            }
            try elements.withUnsafeBytes { try file.append($0) }
            work.advance()
        }
        try file.commit()
    }

    /// The header's length and the header.
    private static func header(
        path: String, tensors: [(name: String, shape: [Int])], metadata: [String: String]
    ) throws(WeightError) -> [UInt8] {
        var items: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            items.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var offset = 0
        var names: Set<String> = []
        for (name, shape) in tensors {
            func bad(_ problem: String) -> WeightError { .badTensor(path: path, tensor: name, problem: problem) }
            guard name != "__metadata__", names.insert(name).inserted else { throw bad("the name is taken") }
            var end = MemoryLayout<Float>.size
            for size in shape {
                let (product, overflow) = end.multipliedReportingOverflow(by: size)
                guard size >= 0, !overflow else { throw bad("shape \(shape) is negative or overflows") }
                end = product
            }
            let (sum, overflow) = offset.addingReportingOverflow(end)
            guard !overflow else { throw bad("shape \(shape) overflows the file") }
            let sizes = shape.map(String.init).joined(separator: ",")
            items.append("\(quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(sizes)],\"data_offsets\":[\(offset),\(sum)]}")
            offset = sum
        }
        var text = Array("{\(items.joined(separator: ","))}".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        guard text.count <= SafetensorsReader.headerLimit else {
            throw .tooLarge(
                path: path, what: "bytes of header", found: text.count, limit: SafetensorsReader.headerLimit)
        }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
