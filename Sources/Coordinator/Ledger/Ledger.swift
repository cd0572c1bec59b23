import Bytes
import Dataset
import Evaluation
import Jobs
import Options
import Protocol

/// Every image's result, once: checks what nodes send, journals it, and keeps of each image only where its result lies.
///
/// Memory: 16 bytes an image beside the manifest; the records are read back from the journal.
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
    ///   - limits: of the counts in the network's results.
    ///   - masks: where the options ask for maps against masks.
    public init(
        manifest: Manifest, options: JobOptions, inputSize: Int, classes: Int, limits: ResultLimits = .none,
        masks: InputMasks? = nil, journal: Journal
    ) {
        precondition(journal.recordCount == 0, "what the journal holds has to be replayed: Ledger.open")
        let check = ResultCheck(
            manifest: manifest, options: options, inputSize: inputSize, classes: classes, limits: limits,
            masks: masks)
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
        try accept(check.checked(result), node: node, isFileCompared: isFileCompared)
    }

    /// The same of a result that was looked at before.
    mutating func accept(
        _ checked: CheckedResult, node: UInt32, isFileCompared: Bool
    ) throws -> Acceptance {
        precondition(isKnown(node), "nodeJoined comes before a node's results")
        if let refusal = checked.refusal { throw refusal }
        let result = checked.result
        let image = Int(result.index)
        guard state.place(image) != nil else {
            try count(checked, node: node, isFileCompared)
            return .first
        }
        if case .failed = result.outcome {
            try journal.append(.repeated, RepeatedEntry.lateFailure(image: result.index, node: node).encode())
            state.failedLate(node: node)
            return .lateFailure
        }
        if state.isFailed(image) {
            try count(checked, node: node, isFileCompared)
            return .supersedes
        }
        return try compare(ResultEntry(node: node, isFileCompared: isFileCompared, result: result))
    }

    /// Why a node cannot have said this of an image; nil where it can. It is looked at before the failure is final.
    func refusal(ofReported result: ImageResult) -> ResultRefusal? {
        do throws(ResultRefusal) { try check.checkReported(result) } catch { return error }
        return nil
    }

    /// Journals that an image failed for good, on a node or, by `coordinator`'s own finding, on none.
    public mutating func acceptFailure(
        _ failure: ImageFailure, image: UInt32, node: UInt32 = Ledger.coordinator
    ) throws -> Acceptance {
        try accept(ImageResult(index: image, outcome: .failed(failure)), node: node)
    }

    /// Gives a node its number and journals it; a node that was there before, with the same numerics and version, has its
    /// old one.
    public mutating func nodeJoined(
        name: String, device: String, numerics: String, version: String = stnetVersion
    ) throws(JournalError) -> UInt32 {
        let node = LedgerNode(journalled: name, device: device, numerics: numerics, version: version)
        let known = state.nodes.firstIndex {
            $0.name == node.name && $0.device == node.device && $0.numerics == node.numerics
                && $0.version == node.version
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

    private mutating func count(
        _ checked: CheckedResult, node: UInt32, _ isFileCompared: Bool
    ) throws(JournalError) {
        let header = ResultEntry.header(node: node, isFileCompared: isFileCompared)
        let offset = try journal.append(.result, header + checked.encoded)
        // Only what was evaluated has a file that can be compared.
        let isCompared = isFileCompared && !checked.place.isFailed
        state.count(
            checked.place.lying(at: offset, isFileCompared: isCompared), image: Int(checked.result.index), node: node)
    }

    /// Takes the result of an image back, which is to be evaluated anew: its file is another one by now, or who evaluated it
    /// is not trusted any more.
    public mutating func drop(_ image: Int) throws(JournalError) {
        guard state.place(image) != nil else { return }
        try journal.append(.dropped, DroppedEntry.encode(UInt32(image)))
        state.drop(image)
    }

    private func isKnown(_ node: UInt32) -> Bool {
        node == Ledger.coordinator || state.nodes.indices.contains(Int(node))
    }

    func entry(_ record: JournalRecord) throws(JournalError) -> ResultEntry {
        do throws(ByteReaderError) {
            return try ResultEntry(record)
        } catch {
            throw .damaged(path: journal.path, offset: record.offset, problem: "\(error)")
        }
    }
}
