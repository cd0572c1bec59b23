import Bytes

/// What two runs must have in common for one to go on with the other's results.
public struct JournalFingerprint: Sendable, Equatable {
    public struct Field: Sendable, Hashable {
        /// Such as `manifest_sha256`, an option's name, `version`.
        public var name: String
        public var value: String
    }

    public static let largestFieldCount = 256
    /// Bytes of a name.
    public static let longestName = 64
    /// Bytes of a value.
    public static let longestValue = 4096

    public private(set) var fields: [Field]

    /// Names are all different, and no text passes its length above: they are the program's own.
    public init(_ fields: KeyValuePairs<String, String> = [:]) {
        self.fields = []
        for (name, value) in fields { append(name, value) }
    }

    public mutating func append(_ name: String, _ value: String) {
        precondition(!fields.contains { $0.name == name }, "each name once")
        precondition(name.utf8.count <= Self.longestName && value.utf8.count <= Self.longestValue, "short texts")
        precondition(fields.count < Self.largestFieldCount, "few fields")
        fields.append(Field(name: name, value: value))
    }

    /// Takes over a field that was written down elsewhere. One that could not stand in a journal is left out.
    package mutating func take(_ name: String, _ value: String) {
        guard self[name] == nil, name.utf8.count <= Self.longestName, value.utf8.count <= Self.longestValue,
            fields.count < Self.largestFieldCount
        else { return }
        append(name, value)
    }

    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The fields that are not the same, in the order of this run's, then those that only the journal has. Their order
    /// does not matter, nor does what the image files were: `DataIdentity` compares that.
    public func differences(from journal: JournalFingerprint) -> [JournalError.Difference] {
        func counts(_ field: Field) -> Bool { !field.name.hasPrefix(DataIdentity.prefix) }
        var differences: [JournalError.Difference] = []
        for field in fields where counts(field) && journal[field.name] != field.value {
            differences.append(.init(name: field.name, journal: journal[field.name], run: field.value))
        }
        for field in journal.fields where counts(field) && self[field.name] == nil {
            differences.append(.init(name: field.name, journal: field.value, run: nil))
        }
        return differences
    }

    func encode(into writer: inout ByteWriter) {
        writer.append(UInt16(fields.count))
        for field in fields {
            writer.append(field.name, maxLength: Self.longestName)
            writer.append(field.value, maxLength: Self.longestValue)
        }
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init()
        let count = Int(try reader.uint16("fingerprint fields"))
        try reader.checkCount("fingerprint fields", count, limit: Self.largestFieldCount, elementBytes: 4)
        for _ in 0..<count {
            let name = try reader.string("fingerprint name", maxLength: Self.longestName)
            let value = try reader.string("fingerprint value", maxLength: Self.longestValue)
            guard self[name] == nil else { throw reader.invalid("fingerprint name", "\(name) is there twice") }
            append(name, value)
        }
    }
}
