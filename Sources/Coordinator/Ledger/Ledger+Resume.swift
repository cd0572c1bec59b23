import Bytes
import Dataset
import Jobs
import Protocol

extension Ledger {
    /// Opens a journal's file and replays what it holds; a new one begins empty.
    ///
    /// `retryFailures`: images whose last word is a failure count as not evaluated, so that the resumed run tries again.
    /// - Throws: `JournalError`; a record that does not fit the manifest or the options is damage.
    public static func open(
        path: String, fingerprint: JournalFingerprint, opening: Journal.Opening, manifest: Manifest,
        options: JobOptions, inputSize: Int, classes: Int, retryFailures: Bool = true
    ) throws -> Ledger {
        let storage = try FileStorage(path: path, opening: opening == .existing ? .existing : .existingOrNew)
        return try open(
            storage: storage, fingerprint: fingerprint, opening: opening, manifest: manifest, options: options,
            inputSize: inputSize, classes: classes, retryFailures: retryFailures)
    }

    public static func open(
        storage: any JournalStorage, fingerprint: JournalFingerprint, opening: Journal.Opening = .existingOrNew,
        manifest: Manifest, options: JobOptions, inputSize: Int, classes: Int, retryFailures: Bool = true
    ) throws -> Ledger {
        let check = ResultCheck(manifest: manifest, options: options, inputSize: inputSize, classes: classes)
        var replay = LedgerReplay(check: check)
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
    var state: LedgerState

    init(check: ResultCheck) {
        self.check = check
        state = LedgerState(images: check.manifest.entries.count)
    }

    mutating func apply(_ record: JournalRecord) throws(JournalContradiction) {
        switch record.kind {
        case .header: throw JournalContradiction("a second header")
        case .node: try joined(record)
        case .result: try counted(record)
        case .repeated: try repeated(record)
        case .dropped: try dropped(record)
        case .finished: break
        }
    }

    private mutating func joined(_ record: JournalRecord) throws(JournalContradiction) {
        let (number, node) = try decode { () throws(ByteReaderError) in try LedgerNode.decode(record.payload) }
        guard Int(number) == state.nodes.count else {
            throw JournalContradiction("node number \(number), expected \(state.nodes.count)")
        }
        state.nodes.append(node)
    }

    private mutating func counted(_ record: JournalRecord) throws(JournalContradiction) {
        let entry = try decode { () throws(ByteReaderError) in try ResultEntry(record.payload) }
        try checkNode(entry.node)
        do throws(ResultRefusal) {
            try check.check(entry.result)
        } catch {
            throw JournalContradiction("a result that is not of this run: \(error)")
        }
        let image = Int(entry.result.index)
        let manifestEntry = check.manifest.entries[image]
        guard state.place(image) == nil || state.isFailed(image) else {
            throw JournalContradiction("\(manifestEntry.id): a second result that counts")
        }
        state.count(
            entry.result, label: manifestEntry.label, node: entry.node, entry.isFileCompared, at: record.offset)
    }

    private mutating func dropped(_ record: JournalRecord) throws(JournalContradiction) {
        let entry = try decode { () throws(ByteReaderError) in try ResultEntry(record.payload) }
        guard let manifestEntry = check.entry(entry.result.index), state.place(Int(entry.result.index)) != nil else {
            throw JournalContradiction("a result that is taken back before it was there")
        }
        state.drop(entry, label: manifestEntry.label)
    }

    private mutating func repeated(_ record: JournalRecord) throws(JournalContradiction) {
        let entry = try decode { () throws(ByteReaderError) in try RepeatedEntry(record.payload) }
        try checkNode(entry.node)
        guard let manifestEntry = check.entry(entry.image) else {
            throw JournalContradiction("a repeated result of image \(entry.image) of \(check.manifest.entries.count)")
        }
        guard state.place(Int(entry.image)) != nil else {
            throw JournalContradiction("\(manifestEntry.id): a repeated result before the first")
        }
        state.count(entry)
    }

    private func checkNode(_ number: UInt32) throws(JournalContradiction) {
        guard number == Ledger.coordinator || state.nodes.indices.contains(Int(number)) else {
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
