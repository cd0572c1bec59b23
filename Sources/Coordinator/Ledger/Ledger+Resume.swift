import Bytes
import Dataset
import Jobs
import Protocol

extension Ledger {
    /// Opens a journal's file and replays what it holds; a new one begins empty.
    ///
    /// `retryFailures`: images whose last word is a failure count as not evaluated, so that the resumed run tries again.
    /// A record that does not fit the manifest or the options is passed over, and its image evaluated anew:
    /// `journal.recovery` says so.
    /// - Throws: `JournalError`.
    public static func open(
        path: String, fingerprint: JournalFingerprint, opening: Journal.Opening, manifest: Manifest,
        options: JobOptions, inputSize: Int, classes: Int, limits: ResultLimits = .none,
        masks: InputMasks? = nil, retryFailures: Bool = true
    ) throws -> Ledger {
        let storage = try FileStorage(path: path, opening: opening == .existing ? .existing : .existingOrNew)
        return try open(
            storage: storage, fingerprint: fingerprint, opening: opening, manifest: manifest, options: options,
            inputSize: inputSize, classes: classes, limits: limits, masks: masks, retryFailures: retryFailures)
    }

    public static func open(
        storage: any JournalStorage, fingerprint: JournalFingerprint, opening: Journal.Opening = .existingOrNew,
        manifest: Manifest, options: JobOptions, inputSize: Int, classes: Int, limits: ResultLimits = .none,
        masks: InputMasks? = nil, retryFailures: Bool = true
    ) throws -> Ledger {
        let check = ResultCheck(
            manifest: manifest, options: options, inputSize: inputSize, classes: classes, limits: limits,
            masks: masks)
        var replay = LedgerReplay(check: check, storage: storage)
        let journal = try Journal.open(
            storage: storage, fingerprint: fingerprint, opening: opening, isResult: isEvaluated
        ) {
            try replay.apply($0)
        }
        if retryFailures { replay.state.forgetFailures() }
        return Ledger(check: check, state: replay.state, journal: journal)
    }

    /// Whether a record holds work that would be lost with it: images that failed are tried again anyway.
    static func isEvaluated(_ record: JournalRecord) -> Bool {
        guard record.kind == .result else { return false }
        guard let entry = try? ResultEntry(record.payload), case .failed = entry.result.outcome else { return true }
        return false
    }
}

/// Puts a journal's records through the same checks as live results.
struct LedgerReplay {
    let check: ResultCheck
    private let storage: any JournalStorage
    var state: LedgerState

    init(check: ResultCheck, storage: any JournalStorage) {
        self.check = check
        self.storage = storage
        state = LedgerState(images: check.manifest.entries.count)
    }

    /// Throws for a record that does not fit those before it or the run. Its image has no result then: whichever of its
    /// results was the right one, another evaluation says.
    mutating func apply(_ record: JournalRecord) throws(JournalContradiction) {
        do throws(JournalContradiction) {
            switch record.kind {
            case .header: throw JournalContradiction("a second header")
            case .node: try joined(record)
            case .result: try counted(record)
            case .repeated: try repeated(record)
            case .dropped: try dropped(record)
            case .finished, .synced: break
            }
        } catch {
            if let image = Self.image(of: record), check.entry(image) != nil { state.drop(Int(image)) }
            throw error
        }
    }

    /// Of which image a record speaks, as far as it can be read.
    private static func image(of record: JournalRecord) -> UInt32? {
        switch record.kind {
        case .result: return (try? ResultEntry(record))?.result.index
        case .repeated:
            switch try? RepeatedEntry(record.payload) {
            case .same(let image, _), .lateFailure(let image, _), .otherKind(let image, _): return image
            case .different(let entry): return entry.result.index
            case nil: return nil
            }
        case .dropped: return try? DroppedEntry.image(record.payload)
        case .header, .node, .finished, .synced: return nil
        }
    }

    /// Nodes are numbered in the order of their records; the places of those whose record is lost stay nobody's.
    private mutating func joined(_ record: JournalRecord) throws(JournalContradiction) {
        let (number, node) = try decode { () throws(ByteReaderError) in try LedgerNode.decode(record.payload) }
        guard (state.nodes.count..<state.nodes.count + Self.mostLostNodes).contains(Int(number)) else {
            throw JournalContradiction("node number \(number), expected \(state.nodes.count)")
        }
        while state.nodes.count < number { state.nodes.append(.lost) }
        state.nodes.append(node)
    }

    private static let mostLostNodes = 1 << 16

    private mutating func counted(_ record: JournalRecord) throws(JournalContradiction) {
        let entry = try decode { () throws(ByteReaderError) in try ResultEntry(record) }
        try checkResult(entry)
        let image = Int(entry.result.index)
        guard state.place(image) == nil || state.isFailed(image) else {
            throw JournalContradiction("\(check.manifest.entries[image].id): a second result that counts")
        }
        state.count(check.place(entry, at: record.offset), image: image, node: entry.node)
    }

    private mutating func dropped(_ record: JournalRecord) throws(JournalContradiction) {
        let index = try decode { () throws(ByteReaderError) in try DroppedEntry.image(record.payload) }
        guard check.entry(index) != nil else {
            throw JournalContradiction("a result that is taken back, of image \(index)")
        }
        // One whose record is lost is gone already.
        state.drop(Int(index))
    }

    private mutating func repeated(_ record: JournalRecord) throws(JournalContradiction) {
        let entry = try decode { () throws(ByteReaderError) in try RepeatedEntry(record.payload) }
        switch entry {
        case .same(let image, let node):
            try checkRepeated(image, node)
            state.confirm(Int(image), node: node)
        case .otherKind(let image, let node):
            try checkRepeated(image, node)
            state.differ(Int(image), node: node)
        case .lateFailure(let image, let node):
            try checkRepeated(image, node, mayHaveFailed: true)
            state.failedLate(node: node)
        case .different(let entry):
            try checkResult(entry)
            try checkRepeated(entry.result.index, entry.node)
            let variant: Int?
            do throws(JournalError) {
                variant = try state.variant(of: entry) { offset throws(JournalError) in try storage.record(at: offset) }
            } catch {
                throw JournalContradiction("\(error)")
            }
            state.dispute(
                Int(entry.result.index), node: entry.node, variant: variant,
                place: check.place(entry, at: record.offset))
        }
    }

    private func checkResult(_ entry: ResultEntry) throws(JournalContradiction) {
        try checkNode(entry.node)
        do throws(ResultRefusal) {
            try check.check(entry.result)
        } catch {
            throw JournalContradiction("a result that is not of this run: \(error)")
        }
    }

    private func checkRepeated(
        _ image: UInt32, _ node: UInt32, mayHaveFailed: Bool = false
    ) throws(JournalContradiction) {
        try checkNode(node)
        guard let manifestEntry = check.entry(image) else {
            throw JournalContradiction("a repeated result of image \(image) of \(check.manifest.entries.count)")
        }
        guard state.place(Int(image)) != nil, mayHaveFailed || !state.isFailed(Int(image)) else {
            throw JournalContradiction("\(manifestEntry.id): a repeated result before the first")
        }
    }

    private func checkNode(_ number: UInt32) throws(JournalContradiction) {
        guard
            number == Ledger.coordinator
                || state.nodes.indices.contains(Int(number)) && !state.nodes[Int(number)].isLost
        else {
            throw JournalContradiction("node number \(number), which has not joined")
        }
    }

    private func decode<Value>(_ body: () throws(ByteReaderError) -> Value) throws(JournalContradiction) -> Value {
        do throws(ByteReaderError) {
            return try body()
        } catch {
            throw JournalContradiction("\(error)")
        }
    }
}
