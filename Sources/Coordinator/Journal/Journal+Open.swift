import Bytes

extension Journal {
    /// What the caller knows about the file.
    public enum Opening: Sendable {
        /// A run that begins: a journal that is there already is refused.
        case new
        /// A run that is resumed: there must be a file.
        case existing
        case existingOrNew
        /// A run that begins: a journal that is there already is thrown away.
        case replacing
    }

    /// Opens the file, locks it for this process and reads it once; see `open(storage:fingerprint:opening:visit:)`.
    public static func open(
        path: String, fingerprint: JournalFingerprint, opening: Opening = .existingOrNew,
        isResult: (JournalRecord) -> Bool = { $0.kind == .result }, visit: (JournalRecord) throws -> Void
    ) throws -> Journal {
        let storage = try FileStorage(path: path, opening: opening == .existing ? .existing : .existingOrNew)
        return try open(
            storage: storage, fingerprint: fingerprint, opening: opening, isResult: isResult, visit: visit)
    }

    /// Reads a journal once, in order: `visit` gets each record after the header. It may throw; a record of which it throws
    /// `JournalContradiction` is passed over like a damaged one.
    ///
    /// Each record has a checksum of its own. A broken one that was on the disk, as a mark behind it says, is damage: it is
    /// passed over, and reading goes on with the next whole record. A broken one behind the last mark was torn by a crash,
    /// and so may have been what follows it: the file is cut there. `recovery` says what was lost.
    ///
    /// A file that holds no whole header, but the beginning of one, was torn at its creation and becomes a new journal. So
    /// does one that is not of this run and holds nothing of which `isResult` says that it would be lost: it binds nobody.
    public static func open(
        storage: any JournalStorage, fingerprint: JournalFingerprint, opening: Opening = .existingOrNew,
        isResult: (JournalRecord) -> Bool = { $0.kind == .result }, visit: (JournalRecord) throws -> Void
    ) throws -> Journal {
        var scanner = try JournalScanner(storage)
        try checkMagic(&scanner, storage)
        guard opening != .replacing, let header = try header(&scanner, storage) else {
            return try create(storage, fingerprint, cutBytes: opening == .replacing ? 0 : scanner.size)
        }
        var offset = header.offset
        let differences = fingerprint.differences(from: header.fingerprint)
        if opening == .new || !differences.isEmpty {
            guard try holdsResult(&scanner, from: offset, isResult: isResult) else {
                return try create(storage, fingerprint, cutBytes: 0)
            }
            guard differences.isEmpty else { throw JournalError.differs(path: storage.path, differences) }
            throw JournalError.exists(path: storage.path)
        }
        var recovery = JournalRecovery()
        var recordCount = 0
        // Up to here it was on the disk.
        var synced: UInt64 = 0
        while true {
            switch try scanner.look(at: offset) {
            case .record(let record):
                let bytes = UInt64(RecordFrame.headerBytes + record.payload.count)
                if record.kind != .synced {
                    do {
                        try visit(record)
                    } catch let error as JournalContradiction {
                        recovery.skip(bytes, at: offset, error.description)
                    }
                    recordCount += 1
                }
                offset += bytes
                continue
            case .broken(let problem):
                if offset >= synced { synced = try scanner.lastMark(after: offset) }
                if offset < synced, let next = try scanner.recordAfter(offset) {
                    recovery.skip(next - offset, at: offset, problem)
                    offset = next
                    continue
                }
                try storage.truncate(to: offset)
                recovery.cutBytes = scanner.size - offset
            case .end: break
            }
            return Journal(storage, flushedBytes: offset, recovery: recovery, recordCount: recordCount)
        }
    }

    /// A file of another kind is left as it is, whatever was asked for.
    static func checkMagic(
        _ scanner: inout JournalScanner, _ storage: any JournalStorage
    ) throws(JournalError) {
        guard magic.starts(with: try scanner.prefix(magic.count)) else {
            throw .notAJournal(path: storage.path, found: "it does not begin with \"STNETJNL\"")
        }
    }

    /// Checks magic and version and gives the fingerprint and the offset of the first record after it; nil where there is
    /// no whole header yet.
    static func header(
        _ scanner: inout JournalScanner, _ storage: any JournalStorage
    ) throws(JournalError) -> (offset: UInt64, fingerprint: JournalFingerprint)? {
        try checkMagic(&scanner, storage)
        guard try scanner.prefix(magic.count).count == magic.count else { return nil }
        let offset = UInt64(magic.count)
        switch try scanner.look(at: offset) {
        case .end: return nil
        case .broken(let problem):
            guard let next = try scanner.recordAfter(offset) else { return nil }
            throw .beginningDamaged(
                path: storage.path, problem: "\(problem), with a whole one at byte \(next)")
        case .record(let record):
            return (
                offset + UInt64(RecordFrame.headerBytes + record.payload.count), try fingerprint(in: record, storage)
            )
        }
    }

    private static func fingerprint(
        in record: JournalRecord, _ storage: any JournalStorage
    ) throws(JournalError) -> JournalFingerprint {
        var version = formatVersion
        var found = JournalFingerprint()
        do throws(ByteReaderError) {
            guard record.kind == .header else { throw ByteReaderError("header", at: 0, "is another record") }
            var reader = ByteReader(record.payload)
            version = try reader.uint16("format version")
            // In another format the rest may look otherwise.
            if version == formatVersion {
                found = try JournalFingerprint(from: &reader)
                try reader.finish()
            }
        } catch {
            throw .beginningDamaged(path: storage.path, problem: "\(error)")
        }
        guard version == formatVersion else {
            throw .unknownVersion(path: storage.path, found: version, known: formatVersion)
        }
        return found
    }

    /// A new journal, on the disk with its header before anything counts on it.
    private static func create(
        _ storage: any JournalStorage, _ fingerprint: JournalFingerprint, cutBytes: UInt64
    ) throws(JournalError) -> Journal {
        var writer = ByteWriter()
        writer.append(formatVersion)
        fingerprint.encode(into: &writer)
        var bytes = magic
        RecordFrame.append(.header, writer.bytes, at: UInt64(bytes.count), to: &bytes)
        try storage.truncate(to: 0)
        var failure: JournalError?
        bytes.withUnsafeBytes { bytes in
            do throws(JournalError) { try storage.write(bytes, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        try storage.sync()
        return Journal(
            storage, flushedBytes: UInt64(bytes.count), recovery: JournalRecovery(cutBytes: cutBytes), recordCount: 0)
    }
}

/// What a visitor throws when a whole record does not fit the run.
public struct JournalContradiction: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
