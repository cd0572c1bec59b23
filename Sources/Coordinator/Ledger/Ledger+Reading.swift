import Bytes
import Evaluation
import Protocol

extension Ledger {
    public var images: Int { check.manifest.entries.count }
    public var counts: LedgerCounts { state.counts }
    /// Every image has a result or has failed for good.
    public var isComplete: Bool { counts.done == images }
    /// By their numbers, across resumptions.
    public var nodes: [LedgerNode] { state.nodes }
    /// Results that were compared with the one that counts.
    public var duplicates: Int { state.duplicates }
    /// Images of which results differ, or differed until that was settled.
    public var disagreeing: Int { state.disputes.count + state.pastSettlements + state.differing.count }

    /// The image needs no evaluation any more.
    public func isDone(_ image: Int) -> Bool { state.place(image) != nil }
    /// The image's last word so far is a failure.
    public func isFailed(_ image: Int) -> Bool { state.isFailed(image) }

    /// For the certificate. Numerics classes are those of the nodes that sent results.
    public var deliveries: Deliveries {
        let odd = oddNodes
        let differing = Set(state.differing.keys).union(state.disputes.filter { !$0.value.isSettled }.keys)
        return Deliveries(
            attempts: state.attempts, duplicates: state.duplicates, compared: state.duplicates,
            disagreeing: differing.sorted().map { check.manifest.entries[Int($0)].id },
            numericsClasses: state.nodes.filter { $0.results > 0 }
                .reduce(into: [:]) { $0[$1.numerics, default: 0] += 1 }, filesCompared: state.counts.filesCompared,
            settlements: .init(
                settled: state.settledDisputes, oddNodes: odd.sorted(), unconfirmed: unconfirmed(by: odd).count))
    }

    /// Whether two nodes evaluated the image.
    public func isVerified(_ image: Int) -> Bool { state.isVerified(image) }

    /// The file from which the image's result was made; nil where there is no result or none of a file.
    public func file(_ image: Int) throws(JournalError) -> FileDigest? {
        guard let place = state.place(image) else { return nil }
        let record = try journal.record(at: place)
        do throws(ByteReaderError) {
            return try ResultEntry.file(of: record)
        } catch {
            throw .damaged(path: journal.path, offset: place, problem: "\(error)")
        }
    }

    /// The name of the node whose result counts; nil where there is none.
    public func evaluator(_ image: Int) -> String? { state.name(state.evaluator(image)) }

    /// The canary's digest of the node whose result is the first that counts; nil where none does.
    var countedNumerics: String? {
        let image = (0..<images).first { isDone($0) && !isFailed($0) }
        guard let image, state.nodes.indices.contains(Int(state.evaluator(image))) else { return nil }
        return state.nodes[Int(state.evaluator(image))].numerics
    }

    /// Of each image in manifest order the line of `image_files.txt`: its file's SHA-256, its length in bytes and the
    /// image's id, "- -" in the place of the first two where there is no file, or none that can be read back.
    public var fileLines: AnySequence<String> {
        AnySequence { [self] () -> AnyIterator<String> in
            var ids = check.manifest.ids.makeIterator()
            var image = 0
            return AnyIterator {
                guard let id = ids.next() else { return nil }
                defer { image += 1 }
                let file = (try? file(image)) ?? nil
                return (file.map { "\($0.hex) \($0.byteCount) " } ?? "- - ") + id + "\n"
            }
        }
    }

    /// The result that counts, read from the journal; nil where the image has none.
    public func result(_ image: Int) throws(JournalError) -> ImageResult? {
        guard let place = state.place(image) else { return nil }
        return try entry(at: place).result
    }

    public func record(_ image: Int) throws(JournalError) -> ImageRecord? {
        try result(image).map(check.record)
    }

    /// The image's boxes for the baselines; nil where it has no result or failed.
    public func groundTruth(_ image: Int) throws(JournalError) -> GroundTruth? {
        try result(image).flatMap(check.groundTruth)
    }

    /// The record of each image in manifest order, read from the journal when it is asked for; nil where there is none.
    public var records: LedgerView<ImageRecord> {
        LedgerView(count: images) { [self] image in
            do throws(JournalError) {
                return try record(image)
            } catch {
                let entry = check.manifest.entries[image]
                return .failed(id: entry.id, label: entry.label, error: "\(error)", path: journal.path)
            }
        }
    }

    /// The boxes of each image in manifest order, as `records`; nil also where the journal cannot be read.
    public var groundTruth: LedgerView<GroundTruth> {
        LedgerView(count: images) { [self] image in try? groundTruth(image) }
    }
}

/// One element an image in manifest order, made anew at each access. A record that cannot be read back stands as a
/// failed one, so that the run is not valid.
public struct LedgerView<Value: Sendable>: RandomAccessCollection, Sendable {
    public let count: Int
    private let make: @Sendable (Int) -> Value?

    init(count: Int, make: @escaping @Sendable (Int) -> Value?) {
        self.count = count
        self.make = make
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(image: Int) -> Value? { make(image) }

    /// Those that are there, in order.
    public var present: Present { Present(view: self) }

    public struct Present: Sequence, Sendable {
        let view: LedgerView

        public var underestimatedCount: Int { 0 }

        public func makeIterator() -> AnyIterator<Value> {
            var next = 0
            return AnyIterator {
                while next < view.count {
                    defer { next += 1 }
                    if let value = view[next] { return value }
                }
                return nil
            }
        }
    }
}
