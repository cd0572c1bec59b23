import Bytes

/// An append-only file of records, from which a run that was cut off at any byte can go on.
///
/// The file: 8 bytes "STNETJNL", then records (`RecordFrame`), the first of them the header with the format's version
/// and the run's fingerprint. What is appended waits in a buffer of bounded size until `flush`; what is flushed survives
/// the process, what was flushed before a `JournalStorage.sync` survives a power failure.
///
/// One thread at a time uses it; only `storage.sync()` may be called from another one (`JournalSyncer`).
public final class Journal: @unchecked Sendable {
    public static let magic = Array("STNETJNL".utf8)
    public static let formatVersion: UInt16 = 5
    /// Bytes that wait at most before `append` flushes by itself.
    package static let largestBuffer = 1 << 18

    public let storage: any JournalStorage
    /// What the opening had to leave out.
    public let recovery: JournalRecovery
    /// Bytes in the storage, all of whole records.
    public private(set) var flushedBytes: UInt64
    /// Records after the header without marks, those in the buffer too.
    public private(set) var recordCount: Int
    private var buffer: [UInt8] = []
    /// Where the last mark ends.
    private var markEnd: UInt64 = 0
    private var hasFailed = false

    init(
        _ storage: any JournalStorage, flushedBytes: UInt64, recovery: JournalRecovery, recordCount: Int
    ) {
        self.storage = storage
        self.flushedBytes = flushedBytes
        self.recovery = recovery
        self.recordCount = recordCount
    }

    public var path: String { storage.path }
    /// All bytes, those in the buffer too: where the next record will lie.
    public var endOffset: UInt64 { flushedBytes + UInt64(buffer.count) }

    /// Appends a record and gives its offset. It is buffered: a crash before `flush` loses it.
    @discardableResult
    public func append(_ kind: JournalRecord.Kind, _ payload: [UInt8]) throws(JournalError) -> UInt64 {
        guard !hasFailed else { throw .writtenBefore(path: path) }
        guard payload.count <= RecordFrame.largestPayload else {
            throw .recordTooLong(path: path, bytes: payload.count, limit: RecordFrame.largestPayload)
        }
        if buffer.count + RecordFrame.headerBytes + payload.count > Self.largestBuffer { try flush() }
        let offset = endOffset
        RecordFrame.append(kind, payload, at: offset, to: &buffer)
        if kind != .synced { recordCount += 1 }
        return offset
    }

    /// Notes that everything up to `bytes` is on the disk: what is broken before that is damage, not a crash's torn tail.
    /// Nothing is appended where nothing but the last mark is new.
    public func mark(syncedBytes bytes: UInt64) throws(JournalError) {
        guard bytes > markEnd else { return }
        try append(.synced, withUnsafeBytes(of: bytes.littleEndian) { Array($0) })
        markEnd = endOffset
    }

    /// Removes the file of a run that has come to its end. Another file under its name, or none, is left as it is.
    public func remove() throws(JournalError) { try storage.remove() }
    /// False where the file has no name any more, or another one has its: nobody can go on with it then.
    public var isInPlace: Bool { storage.isInPlace }

    /// Writes what waits. After an error nothing can be appended any more: in the file stands what was flushed before,
    /// and then as many of the records that waited as fit, the last of them torn; the next opening cuts that off.
    public func flush() throws(JournalError) {
        guard !hasFailed else { throw .writtenBefore(path: path) }
        guard !buffer.isEmpty else { return }
        var failure: JournalError?
        buffer.withUnsafeBytes { bytes in
            do throws(JournalError) { try storage.write(bytes, at: flushedBytes) } catch { failure = error }
        }
        if let failure {
            hasFailed = true
            throw failure
        }
        flushedBytes += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Reads a record back, from the buffer or the storage.
    public func record(at offset: UInt64) throws(JournalError) -> JournalRecord {
        let header = try bytes(at: offset, count: RecordFrame.headerBytes).withUnsafeBytes { RecordFrame.Header($0) }
        guard header.length <= RecordFrame.largestPayload else {
            throw .damaged(path: path, offset: offset, problem: "no record is there")
        }
        let payload = try bytes(at: offset + UInt64(RecordFrame.headerBytes), count: header.length)
        return try JournalRecord(header, payload, at: offset, path: path)
    }

    private func bytes(at offset: UInt64, count: Int) throws(JournalError) -> [UInt8] {
        guard offset <= endOffset, UInt64(count) <= endOffset - offset else {
            throw .damaged(path: path, offset: offset, problem: "no record is there")
        }
        guard offset >= flushedBytes else { return try storage.bytes(at: offset, count: count) }
        let start = Int(offset - flushedBytes)
        return Array(buffer[start..<start + count])
    }
}
