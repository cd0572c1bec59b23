import Bytes

extension NodeDescription {
    static let maxEncodedBytes: Int = {
        let identifier = 2 + WireLimits.identifier
        return 4 * identifier + 8 + 4 + (1 + 4) + (4 + WireLimits.devices * identifier)
            + (4 + WireLimits.samples * identifier)
    }()

    public func encode(into writer: inout ByteWriter) {
        precondition(samples.count <= WireLimits.samples, "a node describes at most 16 samples")
        precondition(deviceIDs.count <= WireLimits.devices, "a node describes at most 64 devices")
        writer.append(identifier: name)
        writer.append(instance)
        writer.append(identifier: device)
        writer.append(UInt32(deviceIDs.count))
        for id in deviceIDs { writer.append(identifier: id) }
        writer.append(identifier: version)
        writer.append(identifier: numerics)
        writer.append(batch)
        writer.append(optional: images) { $1.append($0) }
        writer.append(UInt32(samples.count))
        for sample in samples { writer.append(identifier: sample) }
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        let start = reader.offset
        self.init(
            name: try reader.identifier("node name"), instance: try reader.uint64("instance"),
            device: try reader.identifier("device"),
            deviceIDs: try reader.array("device ids", limit: WireLimits.devices, elementBytes: 2) {
                reader throws(ByteReaderError) in
                let start = reader.offset
                let id = try reader.identifier("device id")
                if id.isEmpty { throw ByteReaderError("device id", at: start, "is empty") }
                return id
            },
            version: try reader.identifier("version"),
            numerics: try reader.identifier("numerics"), batch: try reader.uint32("batch"),
            images: try reader.optional("images present") { reader throws(ByteReaderError) in
                try reader.uint32("images")
            },
            samples: try reader.array("samples", limit: WireLimits.samples, elementBytes: 2) {
                reader throws(ByteReaderError) in try reader.identifier("sample digest")
            })
        if name.isEmpty { throw ByteReaderError("node name", at: start, "is empty") }
        if batch == 0 { throw ByteReaderError("batch", at: start, "is 0 images") }
        if images == nil, !samples.isEmpty {
            throw ByteReaderError("samples", at: start, "are \(samples.count), of a node that has no images")
        }
    }
}

extension JobRefusal {
    public func encode(into writer: inout ByteWriter) {
        writer.append(code.rawValue)
        writer.append(reason, maxLength: WireLimits.text)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(try reader.code("refusal code"), try reader.string("reason", maxLength: WireLimits.text))
    }
}

extension Heartbeat {
    static let maxEncodedBytes = 1 + 8 + 4 + 8

    public func encode(into writer: inout ByteWriter) {
        writer.append(optional: running) { $1.append($0) }
        writer.append(waiting)
        writer.append(evaluated)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            running: try reader.optional("running present") { reader throws(ByteReaderError) in
                try reader.uint64("running lease")
            },
            waiting: try reader.uint32("waiting leases"), evaluated: try reader.uint64("evaluated images"))
    }
}

extension NodeStatus {
    static let maxEncodedBytes = 4 * (2 + WireLimits.identifier) + 2 + 8

    public func encode(into writer: inout ByteWriter) {
        writer.append(identifier: name)
        writer.append(identifier: device)
        writer.append(identifier: version)
        writer.append(state.rawValue)
        writer.append(evaluated)
        writer.append(identifier: note)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            name: try reader.identifier("node name"), device: try reader.identifier("device"),
            version: try reader.identifier("version"), state: try reader.code("state"),
            evaluated: try reader.uint64("evaluated images"), note: try reader.identifier("note"))
    }
}
