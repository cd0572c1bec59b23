import Bytes
import Evaluation
import Options
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
    /// A result of the image counts.
    public func isEvaluated(_ image: Int) -> Bool { isDone(image) && !isFailed(image) }
    /// The image's last word so far is a failure.
    public func isFailed(_ image: Int) -> Bool { state.isFailed(image) }

    /// For the certificate. Numerics classes are those of the nodes that sent results.
    public var deliveries: Deliveries {
        let odd = oddNodes
        let active = state.nodes.filter { $0.results > 0 }
        let differing = Set(state.differing.keys).union(state.disputes.filter { !$0.value.isSettled }.keys)
        return Deliveries(
            attempts: state.attempts, duplicates: state.duplicates, compared: state.duplicates,
            disagreeing: differing.sorted().map { check.manifest.entries[Int($0)].id },
            numericsClasses: active.reduce(into: [:]) { $0[$1.numerics, default: 0] += 1 },
            filesCompared: state.counts.filesCompared,
            settlements: .init(
                settled: state.settledDisputes, oddNodes: odd.sorted(), unconfirmed: unconfirmed(by: odd).count),
            versions: .init(
                coordinator: stnetVersion, nodes: active.reduce(into: [:]) { $0[$1.version, default: 0] += 1 }))
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

    /// Which of the input's pixels are the image's objects, as a lease says it; nil where maps are not measured against masks.
    func mask(of image: Int) -> [UInt8]? { check.mask(of: UInt32(image)) }

    /// The name of the node whose result counts; nil where there is none.
    public func evaluator(_ image: Int) -> String? { state.name(state.evaluator(image)) }

    /// The canary's digest of the node whose result is the first that counts; nil where none does.
    var countedNumerics: String? {
        let image = (0..<images).first { isDone($0) && !isFailed($0) }
        guard let image, state.nodes.indices.contains(Int(state.evaluator(image))) else { return nil }
        return state.nodes[Int(state.evaluator(image))].numerics
    }

    /// The result that counts, read from the journal; nil where the image has none.
    public func result(_ image: Int) throws(JournalError) -> ImageResult? {
        guard let place = state.place(image) else { return nil }
        return try entry(try journal.record(at: place)).result
    }
}
