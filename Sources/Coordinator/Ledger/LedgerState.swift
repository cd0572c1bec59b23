import Bytes
import Protocol

/// What is known of every image, in 8 bytes an image: a pure value that live results and a journal's records both go
/// through.
struct LedgerState: Sendable {
    /// Of an image: where its result lies in the journal; 0 for none, which is the place of the header.
    private var places: [UInt64]
    private(set) var counts = LedgerCounts()
    var nodes: [LedgerNode] = []
    /// Results received, of any image.
    private(set) var attempts = 0
    /// Results that were compared with the one that counts.
    private(set) var duplicates = 0
    private(set) var lateFailures = 0
    /// Images that count and whose file is the coordinator's own copy.
    private(set) var filesCompared = 0
    /// A bit an image: a second node evaluated it too.
    private var verified: [UInt64]
    /// Images of which two results differ.
    private(set) var disagreeing: Set<UInt32> = []
    /// The first of them, with the nodes' numbers.
    private(set) var disagreements: [Disagreement] = []

    static let keptDisagreements = 100
    private static let failedBit: UInt64 = 1 << 63

    init(images: Int) {
        places = Array(repeating: 0, count: images)
        verified = Array(repeating: 0, count: images / 64 + 1)
    }

    /// Whether two nodes evaluated the image, whatever they found.
    func isVerified(_ image: Int) -> Bool { verified[image / 64] >> (image % 64) & 1 == 1 }

    /// The journal offset of the result that counts.
    func place(_ image: Int) -> UInt64? {
        let place = places[image] & ~Self.failedBit
        return place == 0 ? nil : place
    }

    func isFailed(_ image: Int) -> Bool { places[image] & Self.failedBit != 0 }

    /// A result that counts from now on, in the place of a failure if there was one.
    mutating func count(
        _ result: ImageResult, label: Int, node: UInt32, _ isFileCompared: Bool, at offset: UInt64
    ) {
        let image = Int(result.index)
        if isFileCompared, case .evaluated = result.outcome { filesCompared += 1 }
        if isFailed(image) { counts.failed -= 1 }
        counts.add(result.outcome, label: label)
        if case .failed = result.outcome {
            places[image] = offset | Self.failedBit
        } else {
            places[image] = offset
        }
        received(from: node)
    }

    mutating func count(_ repeated: RepeatedEntry) {
        switch repeated.verdict {
        case .same: duplicates += 1
        case .lateFailure: lateFailures += 1
        case .different:
            duplicates += 1
            disagreeing.insert(repeated.image)
            if nodes.indices.contains(Int(repeated.node)) { nodes[Int(repeated.node)].disagreements += 1 }
            if disagreements.count < Self.keptDisagreements {
                disagreements.append(
                    Disagreement(
                        image: repeated.image, countedNode: repeated.countedNode, otherNode: repeated.node,
                        fields: repeated.fields))
            }
        }
        if repeated.verdict != .lateFailure, repeated.node != repeated.countedNode {
            verified[Int(repeated.image) / 64] |= 1 << (repeated.image % 64)
        }
        received(from: repeated.node)
    }

    /// The result that counts does so no longer.
    mutating func drop(_ entry: ResultEntry, label: Int) {
        let image = Int(entry.result.index)
        places[image] = 0
        verified[image / 64] &= ~(1 << (image % 64))
        disagreeing.remove(entry.result.index)
        counts.add(entry.result.outcome, label: label, sign: -1)
        if entry.isFileCompared, case .evaluated = entry.result.outcome { filesCompared -= 1 }
    }

    private mutating func received(from node: UInt32) {
        attempts += 1
        if nodes.indices.contains(Int(node)) { nodes[Int(node)].results += 1 }
    }

    /// Images that failed have no result any more, as if they had never been evaluated.
    mutating func forgetFailures() {
        for image in places.indices where isFailed(image) { places[image] = 0 }
        counts.failed = 0
    }
}
