import Bytes
import Protocol

/// A result in the journal: the node's number (32 bits), whether its file was compared with the coordinator's own copy
/// (8 bits), then the result as on the wire.
struct ResultEntry {
    var node: UInt32
    var isFileCompared: Bool
    var result: ImageResult

    /// Bytes before the result.
    static let headerBytes = 5

    static func encode(_ result: ImageResult, node: UInt32, isFileCompared: Bool) -> [UInt8] {
        var writer = ByteWriter(capacity: 240)
        writer.append(node)
        writer.append(isFileCompared)
        result.encode(into: &writer)
        return writer.bytes
    }

    init(_ payload: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(payload)
        node = try reader.uint32("node number")
        isFileCompared = try reader.bool("file compared")
        result = try ImageResult(from: &reader)
        try reader.finish()
    }

    /// The result's file alone, for walks over very many.
    static func file(of payload: [UInt8]) throws(ByteReaderError) -> FileDigest? {
        var reader = ByteReader(payload)
        _ = try reader.bytes("node number and file compared", count: headerBytes)
        return try ImageResult.file(from: &reader)
    }
}

/// A further result of an image in the journal: image, node, the node whose result counts (32 bits each), verdict (8 bits),
/// and for a difference the number of fields (8 bits) and their names.
struct RepeatedEntry {
    enum Verdict: UInt8 {
        case same = 0
        case different = 1
        case lateFailure = 2
    }

    var image: UInt32
    var node: UInt32
    var countedNode: UInt32
    var verdict: Verdict
    /// With a difference only.
    var fields: [String] = []

    private static let longestField = 64

    init(image: UInt32, node: UInt32, countedNode: UInt32, verdict: Verdict) {
        self.image = image
        self.node = node
        self.countedNode = countedNode
        self.verdict = verdict
    }

    init(_ disagreement: Disagreement) {
        self.init(
            image: disagreement.image, node: disagreement.otherNode, countedNode: disagreement.countedNode,
            verdict: .different)
        fields = disagreement.fields
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(image)
        writer.append(node)
        writer.append(countedNode)
        writer.append(verdict.rawValue)
        if verdict == .different {
            writer.append(UInt8(fields.count))
            for field in fields { writer.append(field, maxLength: Self.longestField) }
        }
        return writer.bytes
    }

    init(_ payload: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(payload)
        image = try reader.uint32("image")
        node = try reader.uint32("node number")
        countedNode = try reader.uint32("node whose result counts")
        let number = try reader.uint8("verdict")
        guard let verdict = Verdict(rawValue: number) else { throw reader.invalid("verdict", "is \(number)") }
        self.verdict = verdict
        if verdict == .different {
            for _ in 0..<Int(try reader.uint8("fields")) {
                fields.append(try reader.string("field", maxLength: Self.longestField))
            }
        }
        try reader.finish()
    }
}

extension ImageResult {
    /// The names of what is not the same bits in two results of one image; empty only for equal bits.
    func differingFields(from other: ImageResult) -> [String] {
        let files = file == other.file ? [] : ["image file"]
        guard case .evaluated(let a) = outcome, case .evaluated(let b) = other.outcome else {
            return files + (outcome == other.outcome ? [] : ["outcome"])
        }
        func bits(_ box: Rectangle) -> [UInt32] { [box.x0, box.y0, box.x1, box.y1].map(\.bitPattern) }
        let comparisons: [(String, Bool)] = [
            ("top5", a.top5 == b.top5), ("scores", a.scores.map(\.bitPattern) == b.scores.map(\.bitPattern)),
            ("box", bits(a.box) == bits(b.box)), ("box in the original", bits(a.boxOriginal) == bits(b.boxOriginal)),
            ("IoU", a.iou.bitPattern == b.iou.bitPattern),
            ("ground-truth index", a.groundTruthIndex == b.groundTruthIndex),
            ("dropped mass", a.droppedMass == b.droppedMass), ("ties", a.ties == b.ties),
            ("ineligible", a.ineligible == b.ineligible), ("empty flag", a.isEmpty == b.isEmpty),
            ("size", a.width == b.width && a.height == b.height),
            (
                "exact",
                a.exact?.label == b.exact?.label && a.exact.map { bits($0.box) } == b.exact.map { bits($0.box) }
            ),
        ]
        return files + comparisons.filter { !$0.1 }.map(\.0)
    }
}
