import Bytes

extension Job {
    static let maxEncodedBytes: Int = {
        let identifier = 2 + WireLimits.identifier
        let option = identifier + 2 + WireLimits.text
        return identifier + 1 + 4 + WireLimits.description + WeightsFile.maxEncodedBytes + 4
            + WireLimits.options * option + 4 + WireLimits.samples * identifier
    }()

    public func encode(into writer: inout ByteWriter) {
        precondition(options.count <= WireLimits.options, "a job has at most 64 options")
        precondition(sampleIDs.count <= WireLimits.samples, "a job has at most 16 sample ids")
        writer.append(identifier: network)
        writer.append(optional: networkDescription) { text, writer in
            precondition(text.utf8.count <= WireLimits.description, "a network's JSON has at most 256 KiB")
            writer.append(UInt32(text.utf8.count))
            writer.append(text.utf8)
        }
        weights.encode(into: &writer)
        writer.append(UInt32(options.count))
        // One job, one form: sorted by the names' bytes.
        for (name, value) in options.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            writer.append(identifier: name)
            writer.append(value, maxLength: WireLimits.text)
        }
        writer.append(UInt32(sampleIDs.count))
        for id in sampleIDs { writer.append(identifier: id) }
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        let network = try reader.identifier("network")
        let description = try reader.optional("network description present") { reader throws(ByteReaderError) in
            let count = Int(try reader.uint32("network description"))
            try reader.checkCount("network description", count, limit: WireLimits.description, elementBytes: 1)
            return try reader.text("network description", count: count)
        }
        let weights = try WeightsFile(from: &reader)
        let options = try Job.options(&reader)
        let samples = try reader.array(
            "sample ids", limit: WireLimits.samples, elementBytes: 2
        ) { reader throws(ByteReaderError) in try reader.identifier("sample id") }
        self.init(
            network: network, networkDescription: description, weightsSHA256: weights.sha256,
            weightsBytes: weights.bytes, weightsSuffix: weights.suffix, options: options, sampleIDs: samples)
    }

    private static func options(_ reader: inout ByteReader) throws(ByteReaderError) -> [String: String] {
        let count = Int(try reader.uint32("options"))
        try reader.checkCount("options", count, limit: WireLimits.options, elementBytes: 4)
        var options: [String: String] = [:]
        var last: String?
        for _ in 0..<count {
            let start = reader.offset
            let name = try reader.identifier("option name")
            if let last, !last.utf8.lexicographicallyPrecedes(name.utf8) {
                throw ByteReaderError("option name", at: start, "is out of order")
            }
            last = name
            // Texts that differ in bytes only, not in characters, are one key of a dictionary.
            guard
                options.updateValue(try reader.string("option value", maxLength: WireLimits.text), forKey: name) == nil
            else { throw ByteReaderError("option name", at: start, "occurs twice") }
        }
        return options
    }
}

extension WeightsFile {
    static let maxEncodedBytes = (2 + 64) + 8 + (2 + WireLimits.suffix)

    public func encode(into writer: inout ByteWriter) {
        writer.append(sha256, maxLength: 64)
        writer.append(bytes)
        writer.append(suffix, maxLength: WireLimits.suffix)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        let digest = try reader.digest("weights digest")
        let bytes = try reader.uint64("weights bytes")
        self.init(sha256: digest, bytes: bytes, suffix: try Self.suffix(&reader))
    }

    /// Becomes a part of a file's name in the node's cache: "", or a dot with letters and digits.
    private static func suffix(_ reader: inout ByteReader) throws(ByteReaderError) -> String {
        let start = reader.offset
        let suffix = try reader.string("weights suffix", maxLength: WireLimits.suffix)
        let rest = suffix.utf8.dropFirst()
        let isPlain = rest.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
        guard suffix.isEmpty || (suffix.utf8.first == 0x2e && !rest.isEmpty && isPlain) else {
            throw ByteReaderError("weights suffix", at: start, "is not a dot with lower-case letters and digits")
        }
        return suffix
    }
}
