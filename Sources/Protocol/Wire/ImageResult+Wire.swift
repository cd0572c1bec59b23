import Bytes

extension ImageResult {
    private static let evaluated: UInt8 = 1
    private static let failed: UInt8 = 2

    /// What stands behind an evaluated result beside what all have.
    private enum Section {
        /// The label and the box of precision `exact`.
        static let exact: UInt8 = 1
        static let mapProfile: UInt8 = 2
        static let pixelHistogram: UInt8 = 4
        static let all: UInt8 = 7
    }

    /// Index, no file, outcome and a failure with an empty text.
    static let minEncodedBytes = 4 + 1 + 1 + 4
    /// Index and file, and of an evaluated image all that has no length of its own.
    private static let evaluatedBytes =
        4 + 1 + FileDigest.encodedBytes + 2 + 1 + WireLimits.topClasses * 8 + 16 + 16 + 8 + 5
        + 24 + 1 + 8 + 20 + 2 + 2
    /// An evaluated image with the longest profile and histogram of its map; a failure is shorter.
    public static let maxEncodedBytes = evaluatedBytes + WireLimits.mapProfile + WireLimits.pixelHistogram

    /// No less than its bytes on the wire.
    var mostEncodedBytes: Int {
        switch outcome {
        case .evaluated(let found):
            ImageResult.evaluatedBytes + (found.mapProfile?.count ?? 0) + (found.pixelHistogram?.count ?? 0)
        case .failed(let failure):
            ImageResult.minEncodedBytes + FileDigest.encodedBytes + min(failure.text.utf8.count, WireLimits.text)
        }
    }

    /// The form in which a result travels and in which the journal keeps it.
    public func encode(into writer: inout ByteWriter) {
        writer.append(index)
        writer.append(optional: file) { $0.encode(into: &$1) }
        switch outcome {
        case .evaluated(let evaluated):
            writer.append(ImageResult.evaluated)
            evaluated.encode(into: &writer)
            writer.append(
                (evaluated.exact == nil ? 0 : Section.exact) | (evaluated.mapProfile == nil ? 0 : Section.mapProfile)
                    | (evaluated.pixelHistogram == nil ? 0 : Section.pixelHistogram))
            if let exact = evaluated.exact {
                writer.append(exact.label)
                exact.box.encode(into: &writer)
            }
            if let profile = evaluated.mapProfile {
                precondition(
                    profile.count <= WireLimits.mapProfile, "a profile has at most \(WireLimits.mapProfile) bytes")
                writer.append(UInt16(profile.count))
                writer.append(profile)
            }
            if let histogram = evaluated.pixelHistogram {
                precondition(
                    histogram.count <= WireLimits.pixelHistogram,
                    "a histogram has at most \(WireLimits.pixelHistogram) bytes")
                writer.append(UInt16(histogram.count))
                writer.append(histogram)
            }
        case .failed(let failure):
            writer.append(ImageResult.failed)
            failure.encode(into: &writer)
        }
    }

    private static func head(from reader: inout ByteReader) throws(ByteReaderError) -> (UInt32, FileDigest?) {
        let index = try reader.uint32("image index")
        let file = try reader.optional("file present") { reader throws(ByteReaderError) in
            try FileDigest(from: &reader)
        }
        return (index, file)
    }

    /// The file alone; what follows is not read.
    public static func file(from reader: inout ByteReader) throws(ByteReaderError) -> FileDigest? {
        try head(from: &reader).1
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        let (index, file) = try ImageResult.head(from: &reader)
        let start = reader.offset
        switch try reader.uint8("outcome") {
        case ImageResult.evaluated:
            var evaluated = try Evaluated(from: &reader)
            let place = reader.offset
            let sections = try reader.uint8("sections")
            guard sections & ~Section.all == 0 else {
                throw ByteReaderError("sections", at: place, "is \(sections), expected 0...\(Section.all)")
            }
            if sections & Section.exact != 0 {
                evaluated.exact = .init(
                    label: try reader.uint32("class in exact"), box: try Rectangle(from: &reader))
            }
            if sections & Section.mapProfile != 0 {
                let count = Int(try reader.uint16("map profile"))
                try reader.checkCount("bytes of the map profile", count, limit: WireLimits.mapProfile, elementBytes: 1)
                evaluated.mapProfile = try reader.bytes("map profile", count: count)
            }
            if sections & Section.pixelHistogram != 0 {
                let count = Int(try reader.uint16("pixel histogram"))
                try reader.checkCount(
                    "bytes of the pixel histogram", count, limit: WireLimits.pixelHistogram, elementBytes: 1)
                evaluated.pixelHistogram = try reader.bytes("pixel histogram", count: count)
            }
            self.init(index: index, file: file, outcome: .evaluated(evaluated))
        case ImageResult.failed:
            self.init(index: index, file: file, outcome: .failed(try ImageFailure(from: &reader)))
        case let other: throw ByteReaderError("outcome", at: start, "is \(other), expected 1 or 2")
        }
    }
}

extension ImageResult.Evaluated {
    public func encode(into writer: inout ByteWriter) {
        precondition(top5.count <= WireLimits.topClasses && top5.count == scores.count, "at most 5 classes with scores")
        writer.append(UInt8(top5.count))
        for label in top5 { writer.append(label) }
        for score in scores { writer.append(score) }
        box.encode(into: &writer)
        boxOriginal.encode(into: &writer)
        writer.append(iou)
        writer.append(optional: groundTruthIndex) { $1.append($0) }
        writer.append(droppedMass)
        writer.append(ties)
        writer.append(ineligible)
        writer.append(isEmpty)
        writer.append(width)
        writer.append(height)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        let count = Int(try reader.uint8("classes"))
        try reader.checkCount("classes", count, limit: WireLimits.topClasses, elementBytes: 8)
        var top5: [UInt32] = []
        for _ in 0..<count { top5.append(try reader.uint32("class")) }
        var scores: [Float] = []
        for _ in 0..<count { scores.append(try reader.float("score")) }
        self.init(
            top5: top5, scores: scores, box: try Rectangle(from: &reader), boxOriginal: try Rectangle(from: &reader),
            iou: try reader.double("IoU"),
            groundTruthIndex: try reader.optional("ground truth present") { reader throws(ByteReaderError) in
                try reader.uint32("ground truth")
            },
            droppedMass: try reader.int64("dropped mass"), ties: try reader.int64("ties"),
            ineligible: try reader.int64("ineligible"), isEmpty: try reader.bool("empty map"),
            width: try reader.uint32("width"), height: try reader.uint32("height"))
    }
}

extension ImageFailure {
    public func encode(into writer: inout ByteWriter) {
        writer.append(kind.rawValue)
        writer.append(text, maxLength: WireLimits.text)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(try reader.code("failure kind"), try reader.string("failure text", maxLength: WireLimits.text))
    }
}
