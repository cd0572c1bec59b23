import Bytes

extension MapSummary {
    /// Reads the member `score_maps` of `summary.json`; `path` says where it stands in `source`.
    public init(_ json: JSON, name: String, source: String, path: String) throws(JSONError) {
        var fields = try JSONFields(json, source: source, path: path)
        var rows = [try fields.row(Self.oracle(name, isMarked: json["given_thresholds"] != nil))]
        var title: String?
        if json["given_thresholds"] != nil {
            var members = try fields.fields("given_thresholds")
            var from = try members.fields("from")
            let found = try from.string("title")
            rows.append(try members.row(Self.name(name, thresholdsOf: found), besides: rows[0]))
            title = found
        }
        given = title
        for (place, element) in try fields.array("baselines").enumerated() {
            var baseline = try JSONFields(element, source: source, path: "\(path).baselines[\(place)]")
            rows.append(try baseline.row(try baseline.string("name")))
        }
        self.rows = rows
        var curve = try fields.fields("curve")
        let columns = try curve.strings("columns")
        let table = try curve.tableOfDoubles("rows")
        for (place, row) in table.enumerated() where row.count != columns.count {
            throw curve.failure("rows[\(place)]", "expected \(columns.count) numbers, one a column, found \(row.count)")
        }
        func column(_ name: String) throws(JSONError) -> [Double] {
            guard let place = columns.firstIndex(of: name) else {
                throw curve.failure("columns", "expected one called \(name)")
            }
            return table.map { $0[place] }
        }
        let total = rows[0].maxBoxAcc.of
        func counts(_ name: String) throws(JSONError) -> [Int] {
            var counts: [Int] = []
            for (place, value) in try column(name).enumerated() {
                guard let count = Int(exactly: value), (0...total).contains(count) else {
                    throw curve.failure("rows[\(place)]", "\(name): expected a count up to \(total), found \(value)")
                }
                counts.append(count)
            }
            return counts
        }
        thresholds = try column("threshold")
        largest = try counts("largest_0.50")
        var all: [[Int]] = []
        for delta in MapAccuracy.v2Deltas { all.append(try counts("all_\(decimal(delta, places: 2))")) }
        self.all = all
    }
}

extension JSONFields {
    /// `besides`: the row that has what does not depend on a threshold; nil for one that has it itself.
    fileprivate mutating func row(
        _ name: String, besides other: MapSummary.Row? = nil
    ) throws(JSONError) -> MapSummary.Row {
        var best = try fields("max_box_acc")
        var second = try fields("max_box_acc_v2")
        var parts = try second.fields("at")
        var rates: [Rate] = []
        for delta in MapAccuracy.v2Deltas { rates.append(try parts.rate(decimal(delta, places: 2))) }
        var mass: MeanShare?
        if other == nil, let share = optional("mass_in_box") {
            mass = MeanShare(value: share["value"]?.doubleValue, interval: Self.interval(share["interval"]))
        }
        var pixels = other?.pixels
        if other == nil, let precision = optional("pxap") {
            var overlap = try fields("piou")
            pixels = MapSummary.Pixels(
                averagePrecision: precision.doubleValue, overlap: overlap.optional("value")?.doubleValue)
        }
        let pointing = if let other { other.pointingGame } else { try rate("pointing_game") }
        return MapSummary.Row(
            name: name, maxBoxAcc: try rate("max_box_acc"), threshold: try best.double("threshold"),
            maxBoxAccV2: second.optional("value")?.doubleValue,
            maxBoxAccV2Interval: Self.interval(second.optional("interval")), parts: rates,
            pointingGame: pointing, massInBox: other?.massInBox ?? mass, pixels: pixels)
    }

    private static func interval(_ json: JSON?) -> Interval? {
        guard let ends = json?.arrayValue?.compactMap(\.doubleValue), ends.count == 2 else { return nil }
        return Interval(low: ends[0], high: ends[1])
    }

    fileprivate mutating func rate(_ name: String) throws(JSONError) -> Rate {
        var members = try fields(name)
        let total = try members.int("of", in: 0...Int.max)
        return Rate(count: try members.int("count", in: 0...total), of: total)
    }
}
