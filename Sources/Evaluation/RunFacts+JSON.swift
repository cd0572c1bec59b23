import Bytes

extension RunFacts {
    /// The content of `run.json`. A lease is [start, end, images], with a fourth element `"lost"` where it was.
    public var json: JSON {
        .object(
            [
                ("started", .string(started)), ("ended", .string(ended)), ("seconds", .double(seconds)),
                ("images", .int(images)), ("resumed_images", .int(resumedImages)),
                ("images_per_second", JSON(imagesPerSecond)),
                ("nodes", .array(nodes.map(\.json))),
                ("images_path", imagesPath.map { .string($0) } ?? .null),
                ("annotations_path", annotationsPath.map { .string($0) } ?? .null),
            ] + (masksPath.map { [("masks_path", .string($0))] } ?? []) + [
                ("maps_path", mapsPath.map { .string($0) } ?? .null),
                ("classes", classes.map { JSON(strings: $0) } ?? .null),
            ])
    }

    /// Reads what `json` writes; `source` names the file in errors.
    public init(_ json: JSON, source: String) throws(JSONError) {
        var fields = try JSONFields(json, source: source)
        started = try fields.string("started")
        ended = try fields.string("ended")
        seconds = try fields.time("seconds")
        images = try fields.int("images", in: 0...Int.max)
        resumedImages = try fields.int("resumed_images", in: 0...Int.max)
        _ = fields.optional("images_per_second")
        var nodes: [Node] = []
        for (place, element) in try fields.array("nodes").enumerated() {
            nodes.append(try Node(element, source: source, path: "nodes[\(place)]"))
        }
        self.nodes = nodes
        imagesPath = fields.optional("images_path") == nil ? nil : try fields.string("images_path")
        annotationsPath = fields.optional("annotations_path") == nil ? nil : try fields.string("annotations_path")
        masksPath = fields.optional("masks_path") == nil ? nil : try fields.string("masks_path")
        mapsPath = fields.optional("maps_path") == nil ? nil : try fields.string("maps_path")
        if fields.optional("classes") != nil { classes = try fields.strings("classes") }
        try fields.finish()
    }
}

extension RunFacts.Node {
    fileprivate var json: JSON {
        .object([
            ("name", .string(name)), ("device", .string(device)), ("images", .int(images)),
            (
                "leases",
                .array(
                    leases.map { lease in
                        .array(
                            [.double(lease.start), .double(lease.end), .int(lease.images)]
                                + (lease.isLost ? [.string("lost")] : []))
                    })
            ),
        ])
    }

    fileprivate init(_ json: JSON, source: String, path: String) throws(JSONError) {
        var fields = try JSONFields(json, source: source, path: path)
        name = try fields.string("name")
        device = try fields.string("device")
        images = try fields.int("images", in: 0...Int.max)
        var leases: [RunFacts.Lease] = []
        for (place, element) in try fields.array("leases").enumerated() {
            guard let parts = element.arrayValue, (3...4).contains(parts.count), let start = parts[0].doubleValue,
                let end = parts[1].doubleValue, start.isFinite, end >= start, let images = parts[2].intValue,
                images >= 0, parts.count == 3 || parts[3].stringValue == "lost"
            else {
                throw fields.failure(
                    "leases[\(place)]", "expected [start, end, images] or [start, end, images, \"lost\"]")
            }
            leases.append(.init(start: start, end: end, images: images, isLost: parts.count == 4))
        }
        self.leases = leases
        try fields.finish()
    }
}

extension JSONFields {
    fileprivate mutating func time(_ name: String) throws(JSONError) -> Double {
        let value = try double(name)
        guard value.isFinite, value >= 0 else { throw failure(name, "expected seconds, found \(value)") }
        return value
    }
}
