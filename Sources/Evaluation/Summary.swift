import Bytes

/// The content of `summary.json`: the protocol, the coverage, every metric with its interval, and the baselines.
public struct Summary: Sendable {
    public var network: String
    /// What the run was asked to do, down to the digests and the code's version.
    public var protocolBlock: JSON
    public var metrics: Metrics
    public var baselines: Baselines
    public var certificate: Certificate
    /// In precision `fast`: how it compares with `exact`.
    public var agreement: PrecisionAgreement?
    /// Whether the records say which class was found.
    public var hasLabels: Bool
    /// Where the boxes come from score maps.
    public var maps: MapReport?
    /// Of the run's row in a table.
    public var title: String
    /// Names and values that another run must share for its result to be the same.
    public var fingerprint: [(name: String, value: String)]

    public init(
        network: String, protocolBlock: JSON, metrics: Metrics, baselines: Baselines, certificate: Certificate,
        agreement: PrecisionAgreement? = nil, hasLabels: Bool = true, maps: MapReport? = nil, title: String? = nil,
        fingerprint: [(name: String, value: String)] = []
    ) {
        self.title = title ?? network
        self.fingerprint = fingerprint
        self.maps = maps
        self.hasLabels = hasLabels
        self.agreement = agreement
        self.network = network
        self.protocolBlock = protocolBlock
        self.metrics = metrics
        self.baselines = baselines
        self.certificate = certificate
    }

    /// The metrics stand under `metrics` only when the certificate is valid, else under `invalid_metrics`: a script
    /// that asks for an accuracy cannot take that of half a run for one.
    public var json: JSON {
        var members: [(String, JSON)] = [
            ("network", .string(network)),
            ("title", .string(title)),
            ("valid", .bool(certificate.isValid)),
            ("reasons", JSON(strings: certificate.reasons)),
            ("protocol", protocolBlock),
            ("images_sha256", .string(certificate.imagesSHA256)),
            (
                "coverage",
                .object([
                    ("annotated", JSON(certificate.annotated)),
                    ("expected", .int(certificate.expected)), ("evaluated", .int(certificate.evaluated)),
                    ("failed", .int(certificate.failed.count)), ("missing", .int(certificate.missing.count)),
                    ("counted_twice", .int(certificate.countedTwice.count)),
                ])
            ),
            ("counts", metrics.counts.json),
            (certificate.isValid ? "metrics" : "invalid_metrics", metrics.json(hasLabels: hasLabels, maps: maps)),
            ("baselines", baselines.json),
        ]
        if let agreement { members.append(("precision_agreement", agreement.json)) }
        if !fingerprint.isEmpty {
            members.append(("fingerprint", .object(fingerprint.map { ($0.name, .string($0.value)) })))
        }
        return .object(members)
    }
}

extension Metrics {
    /// Every metric with its interval; those of labels are null where there are none. `score_maps` is there only where
    /// the boxes come from such.
    func json(hasLabels: Bool, maps: MapReport?) -> JSON {
        var members: [(String, JSON)] = [
            ("label_top1", hasLabels ? labelTop1.json : .null),
            ("label_top5", hasLabels ? labelTop5.json : .null),
            ("top1_localization", hasLabels ? top1Localization.json : .null),
            ("top5_localization", hasLabels ? top5Localization.json : .null),
            ("gt_known", localization.ratesJSON),
            ("mean_iou", localization.meanJSON),
            ("iou_histogram", localization.histogramJSON),
            ("mean_dropped_mass", JSON(meanDroppedMass)),
            ("breakdowns", breakdowns.json(hasLabels: hasLabels)),
        ]
        if let maps { members.append(("score_maps", maps.json)) }
        return .object(members)
    }
}

extension Metrics.Counts {
    var json: JSON {
        .object([
            ("evaluated", .int(evaluated)), ("failed", .int(failed)), ("empty", .int(empty)),
            ("resized", .int(resized)), ("size_mismatch", .int(sizeMismatch)), ("gt_outside", .int(groundTruthOutside)),
            ("ties", .int(ties)),
            ("ineligible", .int(ineligible)),
        ])
    }
}

extension Baselines {
    /// One object a row; `chosen_at` is the threshold for which the side was chosen on these same images, or null.
    public var json: JSON {
        .array(
            rows.map { row in
                .object([
                    ("name", .string(row.name)),
                    ("side", .double(row.baseline.side)),
                    ("chosen_at", JSON(row.chosenAt)),
                    ("gt_known", row.localization.ratesJSON),
                    ("mean_iou", row.localization.meanJSON),
                ])
            })
    }
}

extension ThresholdRates {
    var json: JSON {
        .object(
            zip(Localization.thresholds, rates).map { threshold, rate in
                (decimal(threshold, places: 2), rate.json)
            })
    }
}

extension Localization {
    var ratesJSON: JSON { atThresholds.json }

    var meanJSON: JSON { .object([("value", JSON(meanIoU)), ("interval", JSON(meanIoUInterval))]) }

    var histogramJSON: JSON { .array(histogram.map { .int($0) }) }
}

extension Rate {
    var json: JSON {
        .object([
            ("count", .int(count)), ("of", .int(of)), ("rate", JSON(value)), ("interval", JSON(interval)),
        ])
    }
}

extension JSON {
    init(_ value: Double?) { self = value.map { .double($0) } ?? .null }

    init(_ value: Int?) { self = value.map { .int($0) } ?? .null }

    init(_ interval: Interval?) {
        self = interval.map { .array([.double($0.low), .double($0.high)]) } ?? .null
    }
}
