import Bytes

// The table for programs: every number with its interval, baselines last.

extension RunTable {
    /// Whether a file that begins with these bytes is one of these tables.
    /// A file of results, to which runs add their rows, is none.
    public static func isCSV(_ bytes: [UInt8]) -> Bool {
        // Another version's may have other columns.
        guard let names = ResultsFile.names(bytes) else { return false }
        return names.isSuperset(of: ResultsFile.everywhere) && !names.contains(ResultsFile.version)
    }

    public static func isJSON(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes.prefix(64), as: UTF8.self).contains(/^\{\s*"table": "runs"/)
    }

    public var csv: String {
        ResultsFile.text(header: RunColumns.csv, rows: (rows + baselines).map(fields))
    }

    /// By column, as text; no member for what there is not.
    func fields(_ row: RunRow) -> [String: String] {
        var fields = row.facts
        fields["expected"] = nil
        fields["run"] = row.run
        fields["title"] = row.title
        fields["valid"] = row.state == .valid ? "true" : "false"
        fields["state"] = row.state.rawValue
        fields["comparable"] = isComparable(row) ? "true" : "false"
        fields["note"] = note(row)
        for (name, measure) in row.measures {
            let places = RunColumns.measures.contains { $0.name == name && $0.isShare } ? 5 : 3
            fields[name] = decimal(measure.value, places: places)
            fields["\(name)_low"] = measure.low.map { decimal($0, places: places) }
            fields["\(name)_high"] = measure.high.map { decimal($0, places: places) }
            if ["top1", "top5"].contains(name) { fields["\(name)_err"] = decimal(100 - measure.value, places: places) }
        }
        return fields
    }

    public var json: JSON {
        var protocolMembers: [(String, JSON)] = []
        if let conditions {
            protocolMembers = [
                ("manifest_sha256", .string(conditions.images)), ("iou", .string(conditions.iou)),
                ("preprocess", .string(conditions.preprocess)), ("class_source", .string(conditions.classSource)),
            ]
        }
        return .object([
            ("table", .string("runs")), ("protocol", conditions == nil ? .null : .object(protocolMembers)),
            ("rows", .array(rows.map(json))), ("baselines", .array(baselines.map(json))),
        ])
    }

    private func json(_ row: RunRow) -> JSON {
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
        var members: [(String, JSON)] = [
            ("run", .string(row.run)), ("title", .string(row.title)), ("valid", .bool(row.state == .valid)),
            ("state", .string(row.state.rawValue)), ("comparable", .bool(isComparable(row))), ("note", text(note(row))),
        ]
        for name in RunColumns.facts {
            let value = row.facts[name]
            let isNumber = ["img_size", "images", "param_count", "crop_pct"].contains(name)
            let number = isNumber ? value.flatMap { Int($0).map(JSON.int) ?? Double($0).map(JSON.double) } : nil
            members.append((name, number ?? text(value)))
        }
        for column in RunColumns.measures {
            let measure = row.measures[column.name]
            members.append((column.name, JSON(measure?.value)))
            if ["top1", "top5"].contains(column.name) {
                members.append(("\(column.name)_err", JSON(measure.map { 100 - $0.value })))
            }
            guard column.hasInterval else { continue }
            let interval = measure.flatMap { measure in
                measure.low.flatMap { low in measure.high.map { JSON.array([.double(low), .double($0)]) } }
            }
            members.append(("\(column.name)_interval", interval ?? .null))
        }
        members.append(("images_sha256", text(row.facts["images_sha256"])))
        return .object(members)
    }
}
