import Bytes
import Dataset
import Evaluation
import Jobs
import Protocol

/// Every image's result, once: checks what nodes send, journals it, and keeps of each image only where its result lies.
///
/// Memory: 8 bytes an image beside the manifest; the records are read back from the journal.
public struct Ledger: Sendable {
    /// The node number of the coordinator's own findings, such as an image that was given up.
    public static let coordinator = UInt32.max

    public let journal: Journal
    let check: ResultCheck
    var state: LedgerState

    /// A ledger without results, over a journal without records.
    ///
    /// - Parameters:
    ///   - inputSize: the side of the network's square input in pixels.
    ///   - classes: the network's outputs.
    public init(manifest: Manifest, options: JobOptions, inputSize: Int, classes: Int, journal: Journal) {
        precondition(journal.recordCount == 0, "what the journal holds has to be replayed: Ledger.open")
        let check = ResultCheck(manifest: manifest, options: options, inputSize: inputSize, classes: classes)
        self.init(check: check, state: LedgerState(images: manifest.entries.count), journal: journal)
    }

    init(check: ResultCheck, state: LedgerState, journal: Journal) {
        self.check = check
        self.state = state
        self.journal = journal
    }

    /// Takes one result and journals it (buffered: `journal.flush()`). A failure is to be given here only when it is
    /// final; a success that comes later still replaces it.
    ///
    /// `isFileCompared`: the result's file is the coordinator's own copy, byte for byte.
    ///
    /// - Throws: `ResultRefusal` for a result that contradicts itself or the run, of which nothing is kept; `JournalError` when
    ///   it could not be journalled, after which it does not count either.
    public mutating func accept(
        _ result: ImageResult, node: UInt32, isFileCompared: Bool = false
    ) throws -> Acceptance {
        precondition(isKnown(node), "nodeJoined comes before a node's results")
        try check.check(result)
        let image = Int(result.index)
        guard let place = state.place(image) else {
            try count(result, node: node, isFileCompared)
            return .first
        }
        if case .failed = result.outcome {
            let counted = try entry(try journal.payload(at: place), at: place).node
            try count(
                RepeatedEntry(image: result.index, node: node, countedNode: counted, verdict: .lateFailure))
            return .lateFailure
        }
        if state.isFailed(image) {
            try count(result, node: node, isFileCompared)
            return .supersedes
        }
        return try compare(result, node: node, countedAt: place)
    }

    /// Journals that an image failed for good, on a node or, by `coordinator`'s own finding, on none.
    public mutating func acceptFailure(
        _ failure: ImageFailure, image: UInt32, node: UInt32 = Ledger.coordinator
    ) throws -> Acceptance {
        try accept(ImageResult(index: image, outcome: .failed(failure)), node: node)
    }

    /// Gives a node its number and journals it; a node that was there before, with the same numerics, has its old one.
    public mutating func nodeJoined(name: String, device: String, numerics: String) throws(JournalError) -> UInt32 {
        let node = LedgerNode(journalled: name, device: device, numerics: numerics)
        let known = state.nodes.firstIndex {
            $0.name == node.name && $0.device == node.device && $0.numerics == node.numerics
        }
        if let known { return UInt32(known) }
        let number = UInt32(state.nodes.count)
        try journal.append(.node, node.encode(number: number))
        state.nodes.append(node)
        return number
    }

    /// Journals that this part of the run is over, with the digest over all its image files (of `fileLines`); flushes.
    public func finish(filesDigest: String) throws(JournalError) {
        try journal.append(.finished, Array(filesDigest.utf8))
        try journal.flush()
    }

    private mutating func compare(_ result: ImageResult, node: UInt32, countedAt place: UInt64) throws -> Acceptance {
        let counted = try journal.payload(at: place)
        let bytes = ResultEntry.encode(result, node: node, isFileCompared: false)
        let first = try entry(counted, at: place)
        if counted.dropFirst(ResultEntry.headerBytes).elementsEqual(bytes.dropFirst(ResultEntry.headerBytes)) {
            try count(
                RepeatedEntry(image: result.index, node: node, countedNode: first.node, verdict: .same))
            return .same
        }
        let fields = first.result.differingFields(from: result)
        let disagreement = Disagreement(
            image: result.index, countedNode: first.node, otherNode: node, fields: fields)
        try count(RepeatedEntry(disagreement))
        return .different(disagreement)
    }

    private mutating func count(
        _ result: ImageResult, node: UInt32, _ isFileCompared: Bool
    ) throws(JournalError) {
        let offset = try journal.append(
            .result, ResultEntry.encode(result, node: node, isFileCompared: isFileCompared))
        let entry = check.manifest.entries[Int(result.index)]
        state.count(result, label: entry.label, node: node, isFileCompared, at: offset)
    }

    /// Takes the result of an image back, which is to be evaluated anew: its file is another one by now.
    public mutating func drop(_ image: Int) throws(JournalError) {
        guard let place = state.place(image) else { return }
        let payload = try journal.payload(at: place)
        let dropped = try entry(payload, at: place)
        try journal.append(.dropped, payload)
        state.drop(dropped, label: check.manifest.entries[image].label)
    }

    private mutating func count(_ repeated: RepeatedEntry) throws(JournalError) {
        try journal.append(.repeated, repeated.encode())
        state.count(repeated)
    }

    private func isKnown(_ node: UInt32) -> Bool {
        node == Ledger.coordinator || state.nodes.indices.contains(Int(node))
    }

    func entry(_ payload: [UInt8], at place: UInt64) throws(JournalError) -> ResultEntry {
        do throws(ByteReaderError) {
            return try ResultEntry(payload)
        } catch {
            throw .damaged(path: journal.path, offset: place, problem: "\(error)")
        }
    }
}
