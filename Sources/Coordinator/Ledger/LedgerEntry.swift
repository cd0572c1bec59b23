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

    init(node: UInt32, isFileCompared: Bool, result: ImageResult) {
        self.node = node
        self.isFileCompared = isFileCompared
        self.result = result
    }

    /// What stands before the result.
    static func header(node: UInt32, isFileCompared: Bool) -> [UInt8] {
        var writer = ByteWriter(capacity: headerBytes)
        writer.append(node)
        writer.append(isFileCompared)
        return writer.bytes
    }

    func encode(into writer: inout ByteWriter) {
        writer.append(Self.header(node: node, isFileCompared: isFileCompared))
        result.encode(into: &writer)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 240)
        encode(into: &writer)
        return writer.bytes
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        node = try reader.uint32("node number")
        isFileCompared = try reader.bool("file compared")
        result = try ImageResult(from: &reader)
    }

    init(_ payload: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(payload)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Of a record that holds a whole result.
    init(_ record: JournalRecord) throws(ByteReaderError) {
        try self.init(Self.payload(record))
    }

    /// The entry's bytes in a record that holds a whole result.
    static func payload(_ record: JournalRecord) -> [UInt8] {
        record.kind == .repeated ? Array(record.payload.dropFirst(RepeatedEntry.headerBytes)) : record.payload
    }

    /// The result's file alone, for walks over very many.
    static func file(of record: JournalRecord) throws(ByteReaderError) -> FileDigest? {
        var reader = ByteReader(payload(record))
        _ = try reader.bytes("node number and file compared", count: headerBytes)
        return try ImageResult.file(from: &reader)
    }
}

/// A further result of an image in the journal: the verdict (8 bits), then for a difference the whole result as a
/// `ResultEntry`, since it is the one that counts where other nodes find it too; else the image and the node (32 bits each).
///
/// A further result of a disputed image stands there whole, whichever it agrees with: what it is depends on no other record.
enum RepeatedEntry {
    /// Bit for bit the result that counts.
    case same(image: UInt32, node: UInt32)
    case different(ResultEntry)
    case lateFailure(image: UInt32, node: UInt32)
    /// Other bits, from a node of another kind; in precision `fast` only.
    case otherKind(image: UInt32, node: UInt32)

    /// Bytes before a whole result.
    static let headerBytes = 1

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 240)
        switch self {
        case .same(let image, let node): Self.append(0, image, node, to: &writer)
        case .different(let entry):
            writer.append(UInt8(1))
            entry.encode(into: &writer)
        case .lateFailure(let image, let node): Self.append(2, image, node, to: &writer)
        case .otherKind(let image, let node): Self.append(3, image, node, to: &writer)
        }
        return writer.bytes
    }

    private static func append(_ verdict: UInt8, _ image: UInt32, _ node: UInt32, to writer: inout ByteWriter) {
        writer.append(verdict)
        writer.append(image)
        writer.append(node)
    }

    init(_ payload: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(payload)
        let verdict = try reader.uint8("verdict")
        if verdict == 1 {
            self = .different(try ResultEntry(from: &reader))
        } else {
            let (image, node) = (try reader.uint32("image"), try reader.uint32("node number"))
            switch verdict {
            case 0: self = .same(image: image, node: node)
            case 2: self = .lateFailure(image: image, node: node)
            case 3: self = .otherKind(image: image, node: node)
            default: throw ByteReaderError("verdict", at: 0, "is \(verdict), expected 0...3")
            }
        }
        try reader.finish()
    }
}

/// A result that is taken back, in the journal: the image (32 bits).
enum DroppedEntry {
    static func encode(_ image: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(image)
        return writer.bytes
    }

    static func image(_ payload: [UInt8]) throws(ByteReaderError) -> UInt32 {
        var reader = ByteReader(payload)
        let image = try reader.uint32("image")
        try reader.finish()
        return image
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
            ("map profile", a.mapProfile == b.mapProfile), ("pixel histogram", a.pixelHistogram == b.pixelHistogram),
        ]
        return files + comparisons.filter { !$0.1 }.map(\.0)
    }
}
