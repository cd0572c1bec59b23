/// The JSON header of a safetensors file, read by a parser of just this schema: strict, without recursion, and it sees
/// a key that stands twice, which a general parser hides.
struct SafetensorsHeader {
    struct Entry {
        let name: String
        let dataType: TensorDataType
        let shape: [Int]
        /// Bytes from the end of the header.
        let start: Int
        let end: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]
    private var hasMetadata = false
    private var json: JSONScanner

    init(_ cursor: ByteCursor) {
        json = JSONScanner(cursor)
    }

    mutating func parse() throws(WeightError) {
        var isFirst = true
        try json.expect("{")
        while let key = try json.nextKey(isFirst: isFirst) {
            isFirst = false
            if key == "__metadata__" {
                try parseMetadata()
            } else {
                entries.append(try parseEntry(key))
                guard entries.count <= WeightFileContents.tensorLimit else {
                    throw .tooLarge(
                        path: json.cursor.path, what: "tensors", found: entries.count,
                        limit: WeightFileContents.tensorLimit)
                }
            }
        }
        try json.expectEnd()
    }

    private mutating func parseMetadata() throws(WeightError) {
        guard !hasMetadata else { throw json.cursor.malformed("__metadata__ stands twice") }
        hasMetadata = true
        var isFirst = true
        try json.expect("{")
        while let key = try json.nextKey(isFirst: isFirst) {
            isFirst = false
            guard metadata.updateValue(try json.string(), forKey: key) == nil else {
                throw json.cursor.malformed("the metadata's \"\(printable(key))\" stands twice")
            }
        }
    }

    private mutating func parseEntry(_ name: String) throws(WeightError) -> Entry {
        var dataType: TensorDataType?
        var shape: [Int]?
        var offsets: [Int]?
        func once(_ isNew: Bool, _ key: String) throws(WeightError) {
            guard isNew else { throw json.cursor.malformed("\(key) of \"\(printable(name))\" stands twice") }
        }
        var isFirst = true
        try json.expect("{")
        while let key = try json.nextKey(isFirst: isFirst) {
            isFirst = false
            switch key {
            case "dtype":
                try once(dataType == nil, key)
                let found = try json.string()
                dataType = TensorDataType.allCases.first { $0.safetensorsName == found }
                guard dataType != nil else {
                    throw .badTensor(path: json.cursor.path, tensor: name, problem: "unknown dtype \(printable(found))")
                }
            case "shape":
                try once(shape == nil, key)
                shape = try json.integers(limit: StoredTensor.rankLimit)
            case "data_offsets":
                try once(offsets == nil, key)
                offsets = try json.integers(limit: 2)
            default:
                throw json.cursor.malformed(
                    "found \"\(printable(key))\" in \"\(printable(name))\", expected dtype, shape and data_offsets")
            }
        }
        guard let dataType, let shape, let offsets, offsets.count == 2 else {
            throw .badTensor(
                path: json.cursor.path, tensor: name,
                problem: "expected dtype, shape and two data_offsets in the header")
        }
        return Entry(name: name, dataType: dataType, shape: shape, start: offsets[0], end: offsets[1])
    }
}
