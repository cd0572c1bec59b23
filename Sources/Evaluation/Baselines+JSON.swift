import Bytes

extension Baselines {
    /// Reads what `json` writes; `path` says where it stands in `source`.
    public init(_ json: JSON, source: String, path: String) throws(JSONError) {
        guard let elements = json.arrayValue else {
            throw .field(source: source, path: path, reason: "expected an array, found \(json.kind)")
        }
        var rows: [Row] = []
        for (place, element) in elements.enumerated() {
            var fields = try JSONFields(element, source: source, path: "\(path)[\(place)]")
            _ = try fields.string("name")
            let side = try fields.double("side")
            guard side > 0, side <= 1 else { throw fields.failure("side", "expected 0 to 1, found \(side)") }
            let chosenAt = fields.optional("chosen_at") == nil ? nil : try fields.double("chosen_at")
            var mean = try fields.fields("mean_iou")
            rows.append(
                Row(
                    baseline: side == 1 && chosenAt == nil ? .wholeFrame : .centredSquare(side), chosenAt: chosenAt,
                    localization: Localization(
                        rates: try fields.rates("gt_known"), meanIoU: try mean.share("value"),
                        meanIoUInterval: try mean.interval("interval"))))
            try fields.finish()
        }
        self.init(imageCount: rows.first?.localization.rates.first?.of ?? 0, rows: rows)
    }
}

extension JSONFields {
    /// One for each of the thresholds.
    fileprivate mutating func rates(_ name: String) throws(JSONError) -> [Rate] {
        var members = try fields(name)
        var rates: [Rate] = []
        for threshold in Localization.thresholds {
            var rate = try members.fields(decimal(threshold, places: 2))
            let total = try rate.int("of", in: 0...Int.max)
            rates.append(Rate(count: try rate.int("count", in: 0...total), of: total))
        }
        try members.finish()
        return rates
    }

    fileprivate mutating func share(_ name: String) throws(JSONError) -> Double? {
        guard optional(name) != nil else { return nil }
        let value = try double(name)
        guard (0...1).contains(value) else { throw failure(name, "expected 0 to 1, found \(value)") }
        return value
    }

    fileprivate mutating func interval(_ name: String) throws(JSONError) -> Interval? {
        guard optional(name) != nil else { return nil }
        let bounds = try doubles(name)
        guard bounds.count == 2, bounds[0] <= bounds[1] else { throw failure(name, "expected [low, high]") }
        return Interval(low: bounds[0], high: bounds[1])
    }
}
