import Bytes
import SelectiveTuning

extension ImageRecord {
    /// One object, its members in this order:
    ///
    /// | member | value |
    /// |---|---|
    /// | `id`, `label` | the image, its class index |
    /// | `top5`, `scores` | class indices and scores, highest first; empty for a failed image |
    /// | `box`, `box_original` | [x0, y0, x1, y1] in the input and in the original; null for a failed image |
    /// | `iou`, `gt_index` | overlap with the best ground-truth box, and which; null for a failed image |
    /// | `dropped_mass`, `ties`, `ineligible` | counts of the top-down pass |
    /// | `flags`, `error` | names of `Flag`; null, or what went wrong |
    /// | `exact` | only in precision `fast`, for its sample: `label` and `box` of precision `exact` |
    func append(to text: inout UTF8Text) {
        text.append("{\"id\":")
        text.append(quoted: id)
        text.append(",\"label\":")
        text.append(label)
        text.append(",\"top5\":")
        text.append(list: top5) { $0.append($1) }
        text.append(",\"scores\":")
        text.append(list: scores) { $0.append($1) }
        if isFailed {
            text.append(",\"box\":null,\"box_original\":null,\"iou\":null")
        } else {
            text.append(",\"box\":")
            text.append(box)
            text.append(",\"box_original\":")
            text.append(boxOriginal)
            text.append(",\"iou\":")
            text.append(iou)
        }
        text.append(",\"gt_index\":")
        if let groundTruthIndex { text.append(groundTruthIndex) } else { text.append("null") }
        text.append(",\"dropped_mass\":")
        text.append(droppedMass)
        text.append(",\"ties\":")
        text.append(ties)
        text.append(",\"ineligible\":")
        text.append(ineligible)
        text.append(",\"flags\":")
        text.append(list: flags) { $0.append(quoted: $1.rawValue) }
        text.append(",\"error\":")
        if let error { text.append(quoted: error) } else { text.append("null") }
        if let exact {
            text.append(",\"exact\":{\"label\":")
            text.append(exact.label)
            text.append(",\"box\":")
            text.append(exact.box)
            text.append("}")
        }
        text.append("}")
    }

    /// The record's line of `images.jsonl`, with its line end.
    public var jsonLine: String {
        var text = UTF8Text()
        append(to: &text)
        text.append("\n")
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Reads what `append` writes; `source` names the file and line in errors. A score that was not a number is NaN.
    public init(_ json: JSON, source: String) throws(JSONError) {
        var fields = try JSONFields(json, source: source)
        let flagNames = try fields.array("flags")
        var flags: [Flag] = []
        for name in flagNames {
            guard let flag = name.stringValue.flatMap(Flag.init) else {
                let known = Flag.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.failure("flags", "expected flags of \(known), found \(name.compact)")
            }
            flags.append(flag)
        }
        let failed = flags.contains(.failed)
        let id = try fields.string("id")
        let label = try fields.int("label")
        var top5: [Int] = []
        for element in try fields.array("top5") {
            guard let index = element.intValue else {
                throw fields.failure("top5", "expected integers, found \(element.compact)")
            }
            top5.append(index)
        }
        var scores: [Float] = []
        for element in try fields.array("scores") {
            guard let score = element.isNull ? .nan : element.doubleValue else {
                throw fields.failure("scores", "expected numbers, found \(element.compact)")
            }
            scores.append(Float(score))
        }
        let box = try fields.box("box", isNull: failed)
        let boxOriginal = try fields.box("box_original", isNull: failed)
        let iou = failed && fields.optional("iou") == nil ? 0 : try fields.double("iou")
        guard (0...1).contains(iou) else { throw fields.failure("iou", "expected 0 to 1, found \(iou)") }
        let groundTruthIndex = fields.optional("gt_index") == nil ? nil : try fields.int("gt_index", in: 0...Int.max)
        let droppedMass = try fields.double("dropped_mass")
        let ties = try fields.int("ties", in: 0...Int.max)
        let ineligible = try fields.int("ineligible", in: 0...Int.max)
        let error = fields.optional("error") == nil ? nil : try fields.string("error")
        var exact: Exact?
        if fields.optional("exact") != nil {
            var members = try fields.fields("exact")
            exact = Exact(label: try members.int("label"), box: try members.box("box", isNull: false))
            try members.finish()
        }
        try fields.finish()
        self.init(
            id: id, label: label, top5: top5, scores: scores, box: box, boxOriginal: boxOriginal, iou: iou,
            groundTruthIndex: groundTruthIndex, droppedMass: droppedMass, ties: ties, ineligible: ineligible,
            flags: flags, error: error, exact: exact)
    }

    /// Reads the lines of an `images.jsonl`; each line ends with a line end. Errors name the line.
    public static func parseLines(
        _ bytes: UnsafeRawBufferPointer, source: String
    ) throws(JSONError) -> [ImageRecord] {
        var records: [ImageRecord] = []
        var rest = bytes
        while !rest.isEmpty {
            let place = "\(source), line \(records.count + 1)"
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                throw .field(source: place, path: "", reason: "the line is cut off")
            }
            let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
            records.append(try ImageRecord(JSON.parse(line, source: place), source: place))
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        }
        return records
    }
}

extension UTF8Text {
    fileprivate mutating func append<Element>(
        list elements: [Element], each: (inout UTF8Text, Element) -> Void
    ) {
        append("[")
        for (place, element) in elements.enumerated() {
            if place > 0 { append(",") }
            each(&self, element)
        }
        append("]")
    }

    fileprivate mutating func append(_ box: Box) {
        append(list: [box.x0, box.y0, box.x1, box.y1]) { $0.append($1) }
    }
}

extension JSONFields {
    fileprivate mutating func box(_ name: String, isNull: Bool) throws(JSONError) -> Box {
        if isNull, optional(name) == nil { return Box(0, 0, 0, 0) }
        let numbers = try doubles(name).map { Float($0) }
        guard numbers.count == 4 else {
            throw failure(name, "expected [x0, y0, x1, y1], found \(numbers.count) numbers")
        }
        return Box(numbers[0], numbers[1], numbers[2], numbers[3])
    }
}
