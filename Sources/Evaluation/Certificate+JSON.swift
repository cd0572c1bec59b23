import Bytes

extension Certificate {
    /// Reads what `json` writes; `source` names the file in errors.
    public init(_ json: JSON, source: String) throws(JSONError) {
        var fields = try JSONFields(json, source: source)
        let isValid = try fields.bool("valid")
        reasons = try fields.strings("reasons")
        guard isValid == reasons.isEmpty else {
            throw fields.failure("valid", "says \(isValid), but there are \(reasons.count) reasons against it")
        }
        precision = try fields.string("precision")
        annotated = fields.optional("annotated") == nil ? nil : try fields.count("annotated")
        expected = try fields.count("expected")
        evaluated = try fields.count("evaluated")
        for name in ["failed", "missing", "counted_twice", "unexpected"] { _ = try fields.count(name) }
        var failures: [Failure] = []
        for (place, element) in try fields.array("failed_images").enumerated() {
            var failure = try JSONFields(element, source: source, path: "failed_images[\(place)]")
            failures.append(Failure(id: try failure.string("id"), error: try failure.string("error")))
            try failure.finish()
        }
        failed = failures
        missing = try fields.strings("missing_images")
        countedTwice = try fields.strings("counted_twice_images")
        unexpected = try fields.strings("unexpected_images")
        // Certificates of stnet 0.1.0 do not have these.
        resized = fields.optional("resized") == nil ? 0 : try fields.count("resized")
        sizeMismatch = fields.optional("size_mismatch") == nil ? 0 : try fields.count("size_mismatch")
        measuresMaps = fields.optional("map_metrics") == nil ? false : try fields.bool("map_metrics")
        let filesCompared = fields.optional("files_compared") == nil ? nil : try fields.count("files_compared")
        var verification: Deliveries.Verification?
        if fields.optional("second_evaluations") != nil {
            var members = try fields.fields("second_evaluations")
            verification = .init(asked: try members.count("asked"), done: try members.count("done"))
            try members.finish()
        }
        var versions: Deliveries.Versions?
        if fields.optional("versions") != nil {
            var members = try fields.fields("versions")
            versions = try .init(&members)
        }
        var settlements: Deliveries.Settlements?
        if fields.optional("settlements") != nil {
            var members = try fields.fields("settlements")
            settlements = .init(
                settled: try members.count("settled"), oddNodes: try members.strings("odd_nodes"),
                unconfirmed: try members.count("unconfirmed"))
            try members.finish()
        }
        let attempts = try fields.count("attempts")
        var duplicates = try fields.fields("duplicates")
        let classes = Dictionary(uniqueKeysWithValues: try fields.intsByName("numerics_classes").map { ($0, $1) })
        deliveries = Deliveries(
            attempts: attempts, duplicates: try duplicates.count("received"),
            compared: try duplicates.count("compared"), disagreeing: try duplicates.strings("disagreeing"),
            numericsClasses: classes, filesCompared: filesCompared, verification: verification,
            settlements: settlements, versions: versions)
        try duplicates.finish()
        imagesSHA256 = try fields.string("images_sha256")
        digests = try fields.stringsByName("digests").map { Digest(name: $0, sha256: $1) }
        try fields.finish()
    }
}

extension JSONFields {
    fileprivate mutating func count(_ name: String) throws(JSONError) -> Int { try int(name, in: 0...Int.max) }
}
