import Bytes

/// One image of a run, as a walk over all of them meets it.
public struct RunImage: Sendable {
    /// Nil where the image has none: the run was interrupted.
    public var record: ImageRecord?
    /// For the baselines; nil where it is not known.
    public var truth: GroundTruth?
    /// The image's line of `image_files.txt`, with its end; nil in a run without files.
    public var fileLine: FileLine?
    /// Of the image's map, where maps are measured.
    public var map: MapFinding?
    /// False for a truth that came before, with another record of the same image.
    var isNewTruth = true

    public init(record: ImageRecord?, truth: GroundTruth?, fileLine: FileLine? = nil, map: MapFinding? = nil) {
        self.map = map
        self.record = record
        self.truth = truth
        self.fileLine = fileLine
    }
}

/// A line of `image_files.txt`: the file's SHA-256 in hexadecimal digits, its length in bytes and the image's id; "- -" in the
/// place of the first two where there is no file, or none that can be read back.
public struct FileLine: Sendable {
    public var id: String
    /// The digest's 32 bytes, and the file's length.
    public var file: (sha256: [UInt8], byteCount: UInt64)?

    public init(id: String, file: (sha256: [UInt8], byteCount: UInt64)?) {
        self.id = id
        self.file = file
    }

    /// With the line's end.
    func append(to text: inout UTF8Text) {
        if let file {
            for byte in file.sha256 { text.append(hexadecimal: byte) }
            text.append(" ")
            text.append(file.byteCount)
            text.append(" ")
        } else {
            text.append("- - ")
        }
        text.append(verbatim: id)
        text.append("\n")
    }

    public var text: String {
        var text = UTF8Text()
        append(to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

/// The images of a run, which need not lie in memory: what is written of them is made in one walk.
public protocol RunImages: Sendable {
    associatedtype Expected: Sequence<String>
    associatedtype Images: Sequence<RunImage>

    /// The ids asked for, in the manifest's order.
    var expected: Expected { get }
    /// In the manifest's order; made anew at each access.
    var images: Images { get }
    /// Whether image files were evaluated, so that there are lines for `image_files.txt`.
    var hasFiles: Bool { get }
}

/// The images of a run in arrays.
public struct ListedImages: RunImages {
    public var expected: [String]
    /// One an image, in the manifest's order; fewer when the run was interrupted.
    public var records: [ImageRecord]
    /// Of the images asked for.
    public var groundTruth: [GroundTruth]

    public init(expected: [String], records: [ImageRecord], groundTruth: [GroundTruth]) {
        self.expected = expected
        self.records = records
        self.groundTruth = groundTruth
    }

    public var hasFiles: Bool { false }
    public var images: [RunImage] { Self.pairs(records, groundTruth) }

    /// Each record with its image's truth, and the truths without a record; both in their order where that is the same.
    static func pairs(_ records: [ImageRecord], _ truth: [GroundTruth]) -> [RunImage] {
        var pairs: [RunImage] = []
        pairs.reserveCapacity(max(records.count, truth.count))
        var rest = truth[...]
        for record in records {
            while let next = rest.first, next.id != record.id {
                pairs.append(RunImage(record: nil, truth: next))
                rest = rest.dropFirst()
            }
            guard let found = rest.popFirst() else { return unordered(records, truth) }
            pairs.append(RunImage(record: record, truth: found))
        }
        return pairs + rest.map { RunImage(record: nil, truth: $0) }
    }

    private static func unordered(_ records: [ImageRecord], _ truth: [GroundTruth]) -> [RunImage] {
        var known: [String: GroundTruth] = [:]
        for image in truth { known[image.id] = image }
        var met: Set<String> = []
        var pairs = records.map { record in
            var pair = RunImage(record: record, truth: known[record.id])
            pair.isNewTruth = met.insert(record.id).inserted
            return pair
        }
        pairs += truth.filter { !met.contains($0.id) }.map { RunImage(record: nil, truth: $0) }
        return pairs
    }
}
