import Bytes

extension Journal {
    /// What a journal says of the run that left it.
    public struct Peek: Sendable {
        public var fingerprint: JournalFingerprint
        /// Whether it holds anything that would be lost with it.
        public var hasResults: Bool
    }

    /// Reads a journal's file without changing it. Nil where there is none, or none whose beginning is whole.
    /// - Throws: `JournalError`, `.locked` where a run is writing it.
    public static func peek(path: String, isResult: (JournalRecord) -> Bool) throws -> Peek? {
        let descriptor = CLibrary.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw JournalError.system(path: path, operation: "open", code: errno)
        }
        let storage = FileStorage(descriptor: descriptor, path: path)
        if flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK { throw JournalError.locked(path: path) }
        var scanner = try JournalScanner(storage)
        guard let (offset, fingerprint) = try header(&scanner, storage) else { return nil }
        return Peek(
            fingerprint: fingerprint, hasResults: try holdsResult(&scanner, from: offset, isResult: isResult))
    }

    /// Whether there is a result among the records from `offset` on. What cannot be read may hold some.
    static func holdsResult(
        _ scanner: inout JournalScanner, from offset: UInt64, isResult: (JournalRecord) -> Bool
    ) throws(JournalError) -> Bool {
        var offset = offset
        while true {
            switch try scanner.look(at: offset) {
            case .record(let record):
                if isResult(record) { return true }
                offset += UInt64(RecordFrame.headerBytes + record.payload.count)
            case .end: return false
            case .broken: return try scanner.recordAfter(offset) != nil
            }
        }
    }
}
