import Bytes

/// What the coordinator counted while results came in, beside the records themselves.
public struct Deliveries: Hashable, Sendable {
    /// Results received, of any image, the repeated ones too.
    public var attempts: Int
    /// Results beyond an image's first.
    public var duplicates: Int
    /// Those of `duplicates` that were compared with the first, byte for byte.
    public var compared: Int
    /// The images of which results differ, and no majority of nodes has decided.
    public var disagreeing: [String]
    /// Digest of the canary images -> how many nodes had it.
    public var numericsClasses: [String: Int]
    /// Images whose evaluated file was compared with the coordinator's own copy, byte for byte by SHA-256; all that
    /// count agree with it.
    /// Nil where no image was evaluated: of boxes and maps.
    public var filesCompared: Int?
    /// Images that were to be evaluated by a second node, and those that were.
    public var verification: Verification?
    /// Results that differed, of which two nodes against one decided; nil where no image was evaluated.
    public var settlements: Settlements?
    /// Nil in older certificates.
    public var versions: Versions?

    public struct Settlements: Hashable, Sendable {
        /// Images.
        public var settled: Int
        /// The names of the nodes whose result was another one there.
        public var oddNodes: [String]
        /// Images whose result is of such nodes alone.
        public var unconfirmed: Int

        public init(settled: Int = 0, oddNodes: [String] = [], unconfirmed: Int = 0) {
            self.settled = settled
            self.oddNodes = oddNodes
            self.unconfirmed = unconfirmed
        }
    }

    public struct Verification: Hashable, Sendable {
        public var asked: Int
        public var done: Int

        public init(asked: Int, done: Int) {
            self.asked = asked
            self.done = done
        }
    }

    public init(
        attempts: Int, duplicates: Int = 0, compared: Int = 0, disagreeing: [String] = [],
        numericsClasses: [String: Int] = [:], filesCompared: Int? = nil, verification: Verification? = nil,
        settlements: Settlements? = nil, versions: Versions? = nil
    ) {
        self.versions = versions
        self.settlements = settlements
        self.filesCompared = filesCompared
        self.verification = verification
        self.attempts = attempts
        self.duplicates = duplicates
        self.compared = compared
        self.disagreeing = disagreeing
        self.numericsClasses = numericsClasses
    }
}

/// Whether a run's numbers may be believed, and why not: a pure function of what was expected and what came.
///
/// Valid means: every expected image stands in the records exactly once, in the expected order, none of them failed,
/// no other image does, at most one in a thousand has boxes of another frame than its pixels, repeated results agree or
/// a majority of nodes has decided (and nothing else rests on the minority alone), all second evaluations that were asked for took place, and (unless allowed otherwise) all nodes compute the same bits.
public struct Certificate: Hashable, Sendable {
    public struct Failure: Hashable, Sendable {
        public var id: String
        public var error: String

        /// The id and the error, which may begin with it.
        public var line: String { error.hasPrefix("\(id): ") ? error : "\(id): \(error)" }
    }

    public struct Digest: Hashable, Sendable {
        /// Such as `network`, `weights`, `manifest`, `image_files`, `summary`.
        public var name: String
        public var sha256: String

        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// Images that are annotated, of which those that were asked for may be a part; nil where that is not known.
    public let annotated: Int?
    /// Distinct images that were asked for.
    public let expected: Int
    /// Distinct images with a result.
    public let evaluated: Int
    public let failed: [Failure]
    /// Expected images without a record, in the expected order.
    public let missing: [String]
    /// Images with more than one record.
    public let countedTwice: [String]
    /// Images with a record that nobody asked for.
    public let unexpected: [String]
    /// Images of another size than annotated, of the same aspect, whose boxes were scaled.
    public let resized: Int
    /// Images whose boxes are of another frame than the image; see `mismatchesInAThousand`.
    public let sizeMismatch: Int
    public let deliveries: Deliveries
    /// Of `images.jsonl`.
    public let imagesSHA256: String
    public internal(set) var digests: [Digest]
    /// `exact` or `fast`.
    public let precision: String
    /// Each image's map was measured, too.
    public internal(set) var measuresMaps = false
    /// Why the run is not valid; empty when it is.
    public let reasons: [String]

    public var isValid: Bool { reasons.isEmpty }

    /// The reasons without what is wrong with single images, for where that was said already.
    var briefReasons: [String] {
        reasons.map {
            $0 == Self.failedReason(failed, of: expected) ? "\(failed.count) of \(expected) images failed" : $0
        }
    }

    private static func failedReason(_ failed: [Failure], of expected: Int) -> String? {
        failed.first.map { "\(failed.count) of \(expected) images failed, the first is \($0.line)" }
    }

    /// Annotations have such errors here and there; where more images than this have boxes of another frame, the images
    /// or the annotations are not those of the data set.
    public static let mismatchesInAThousand = 1

    public static func mismatchReason(_ count: Int, of images: Int, first: String) -> String {
        "\(count) of \(images) images do not fit their annotations (another size and aspect, or boxes outside), more than "
            + "\(mismatchesInAThousand) in 1000, the first is \(first)"
    }

    /// In precision `fast` nodes of different kinds may compute different bits, and their results of one image may
    /// differ then. `otherReasons` make the run invalid too: an interruption.
    public init(
        expected: some Sequence<String>, records: some Sequence<ImageRecord>, deliveries: Deliveries,
        imagesSHA256: String, digests: [Digest] = [], precision: String = "exact", otherReasons: [String] = [],
        annotated: Int? = nil
    ) {
        self.init(
            Coverage(expected: expected, records: records), deliveries: deliveries, imagesSHA256: imagesSHA256,
            digests: digests, precision: precision, otherReasons: otherReasons, annotated: annotated)
    }

    init(
        _ coverage: Coverage, deliveries: Deliveries, imagesSHA256: String, digests: [Digest], precision: String,
        otherReasons: [String], annotated: Int?
    ) {
        self.annotated = annotated
        self.precision = precision
        let mayDiffer = precision == "fast" && deliveries.numericsClasses.count > 1
        self.expected = coverage.expected
        failed = coverage.failed
        missing = coverage.missing
        countedTwice = coverage.countedTwice
        unexpected = coverage.unexpected
        evaluated = coverage.seen - unexpected.count - failed.count
        resized = coverage.resized
        sizeMismatch = coverage.sizeMismatch
        self.deliveries = deliveries
        self.imagesSHA256 = imagesSHA256
        self.digests = digests

        var reasons = otherReasons
        if coverage.expected == 0 { reasons.append("no image was asked for") }
        if coverage.namedAgain > 0 {
            reasons.append("\(coverage.namedAgain) of the images asked for are named twice")
        }
        if let first = missing.first {
            reasons.append("\(missing.count) of \(coverage.expected) images are missing, the first is \(first)")
        }
        if let failedReason = Self.failedReason(coverage.failed, of: coverage.expected) { reasons.append(failedReason) }
        if let first = countedTwice.first {
            reasons.append("images counted twice: \(countedTwice.count), the first is \(first)")
        }
        if let first = unexpected.first {
            reasons.append("images that were not asked for: \(unexpected.count), the first is \(first)")
        }
        if let first = coverage.firstMismatch,
            coverage.sizeMismatch * 1000 > coverage.expected * Self.mismatchesInAThousand
        {
            reasons.append(Self.mismatchReason(coverage.sizeMismatch, of: coverage.expected, first: first))
        }
        if missing.isEmpty, unexpected.isEmpty, countedTwice.isEmpty, !coverage.isInOrder {
            reasons.append("the records are not in the manifest's order")
        }
        if let first = deliveries.disagreeing.first, !mayDiffer {
            reasons.append(
                "repeated results differ for \(deliveries.disagreeing.count) of \(coverage.expected) images, "
                    + "the first is \(first)")
        }
        if let settlements = deliveries.settlements, settlements.unconfirmed > 0 {
            reasons.append(
                "\(settlements.unconfirmed) of \(coverage.expected) images were evaluated by no other node than "
                    + "\(settlements.oddNodes.joined(separator: ", ")), which found something else than two others elsewhere"
            )
        }
        if deliveries.compared < deliveries.duplicates {
            let count = deliveries.duplicates - deliveries.compared
            reasons.append("\(count) of \(deliveries.duplicates) repeated results were not compared")
        }
        if let verification = deliveries.verification, verification.done < verification.asked {
            reasons.append(
                "\(verification.asked - verification.done) of the \(verification.asked) images that a second node was to "
                    + "evaluate were evaluated once only")
        }
        if deliveries.numericsClasses.count > 1, !mayDiffer {
            reasons.append("the nodes compute different bits: \(deliveries.numericsClasses.count) numerics classes")
        }
        self.reasons = reasons
    }
}

extension Certificate {
    /// The coverage that stands with every accuracy.
    public var coverage: String { coverage(subset: subset) }

    /// The same behind a run's title, which says already of how many images they are a part.
    public var coverageBehindTitle: String { coverage(subset: "") }

    private func coverage(subset: String) -> String {
        "\(evaluated) of \(expected) images evaluated\(subset), \(failed.count) failed, \(missing.count) missing, "
            + "\(countedTwice.count) counted twice; \(deliveries.attempts) results received, "
            + "\(deliveries.duplicates) repeated"
            + (settlementRemarks + sizeRemarks + fileRemarks + (deliveries.versions?.remarks ?? [])).map { "; " + $0 }
            .joined()
    }

    /// What third evaluations decided; empty where none had to.
    private var settlementRemarks: [String] {
        guard let settlements = deliveries.settlements, settlements.settled > 0 else { return [] }
        let count = settlements.settled
        return [
            "\(count) disagreement\(count == 1 ? "" : "s") settled by a third evaluation, odd: "
                + settlements.oddNodes.joined(separator: ", ")
        ]
    }

    /// Where it cannot be said of every image that its own file was evaluated; empty where it can.
    private var fileRemarks: [String] {
        guard let compared = deliveries.filesCompared, compared < evaluated else { return [] }
        return ["\(compared) of the evaluated files were compared with a copy of the coordinator's"]
    }

    /// What the user must know of images that are not as their annotations say; empty where all are.
    public var sizeRemarks: [String] {
        var remarks: [String] = []
        if resized > 0 {
            remarks.append(
                "\(resized) \(resized == 1 ? "image is" : "images are") of another size than annotated: boxes were scaled"
            )
        }
        if sizeMismatch > 0 {
            remarks.append(
                "\(sizeMismatch) \(sizeMismatch == 1 ? "image does" : "images do") not fit the annotation "
                    + "(size-mismatch): boxes were used as they are")
        }
        return remarks
    }

    /// ` (650 of 50,000 annotated)` of a part.
    private var subset: String {
        guard let annotated, annotated > expected else { return "" }
        return " (\(grouped(expected)) of \(grouped(annotated)) annotated)"
    }

    /// The content of `certificate.json`.
    public var json: JSON {
        let classes = deliveries.numericsClasses.sorted { $0.key < $1.key }
        var members: [(String, JSON)] = [
            ("valid", .bool(isValid)),
            ("reasons", JSON(strings: reasons)),
            ("precision", .string(precision)),
            ("annotated", JSON(annotated)),
            ("expected", .int(expected)),
            ("evaluated", .int(evaluated)),
            ("failed", .int(failed.count)),
            ("missing", .int(missing.count)),
            ("counted_twice", .int(countedTwice.count)),
            ("unexpected", .int(unexpected.count)),
            ("resized", .int(resized)),
            ("size_mismatch", .int(sizeMismatch)),
            ("attempts", .int(deliveries.attempts)),
            (
                "duplicates",
                .object([
                    ("received", .int(deliveries.duplicates)), ("compared", .int(deliveries.compared)),
                    ("disagreeing", JSON(strings: deliveries.disagreeing)),
                ])
            ),
            ("files_compared", deliveries.filesCompared.map { .int($0) } ?? .null),
            (
                "second_evaluations",
                deliveries.verification.map { .object([("asked", .int($0.asked)), ("done", .int($0.done))]) } ?? .null
            ),
            (
                "settlements",
                deliveries.settlements.map {
                    .object([
                        ("settled", .int($0.settled)), ("odd_nodes", JSON(strings: $0.oddNodes)),
                        ("unconfirmed", .int($0.unconfirmed)),
                    ])
                } ?? .null
            ),
            ("numerics_classes", .object(classes.map { ($0.key, .int($0.value)) })),
            ("versions", deliveries.versions?.json ?? .null),
            ("images_sha256", .string(imagesSHA256)),
            ("digests", .object(digests.map { ($0.name, .string($0.sha256)) })),
            (
                "failed_images",
                .array(failed.map { .object([("id", .string($0.id)), ("error", .string($0.error))]) })
            ),
            ("missing_images", JSON(strings: missing)),
            ("counted_twice_images", JSON(strings: countedTwice)),
            ("unexpected_images", JSON(strings: unexpected)),
        ]
        if measuresMaps { members.append(("map_metrics", .bool(true))) }
        return .object(members)
    }
}

extension JSON {
    init(strings: [String]) { self = .array(strings.map { .string($0) }) }
}
