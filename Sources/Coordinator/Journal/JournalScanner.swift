import Bytes

/// Reads a journal's records in order through a window of bounded size.
struct JournalScanner {
    private let storage: any JournalStorage
    /// Bytes in the storage.
    let size: UInt64
    private var window: [UInt8] = []
    /// Where the window lies in the storage.
    private var windowStart: UInt64 = 0
    private static let windowBytes = 1 << 20

    enum Found {
        case record(JournalRecord)
        /// Nothing follows.
        case end
        /// No record begins here, and why.
        case broken(String)
    }

    init(_ storage: any JournalStorage) throws(JournalError) {
        self.storage = storage
        size = try storage.size()
    }

    /// The storage's first bytes; fewer than `count` where there are no more.
    mutating func prefix(_ count: Int) throws(JournalError) -> [UInt8] {
        try bytes(at: 0, count: Int(min(UInt64(count), size))) { Array($0) }
    }

    /// What begins at an offset, at most `size`.
    mutating func look(at offset: UInt64) throws(JournalError) -> Found {
        if offset == size { return .end }
        let rest = size - offset
        guard rest >= UInt64(RecordFrame.headerBytes) else { return .broken("\(rest) bytes, too few for a record") }
        let header = try bytes(at: offset, count: RecordFrame.headerBytes) { RecordFrame.Header($0) }
        guard header.length <= RecordFrame.largestPayload else {
            return .broken("a record of \(header.length) bytes, at most \(RecordFrame.largestPayload) are possible")
        }
        guard rest >= UInt64(header.recordBytes) else {
            return .broken("a record of \(header.recordBytes) bytes, of which \(rest) are there")
        }
        return try bytes(at: offset, count: header.recordBytes) { record in
            let payload = UnsafeRawBufferPointer(rebasing: record[RecordFrame.headerBytes...])
            guard RecordFrame.checksum(kind: header.kind, payload: payload, at: offset) == header.checksum else {
                return .broken("a record whose checksum is wrong")
            }
            guard let kind = JournalRecord.Kind(rawValue: header.kind) else {
                return .broken("a record of the unknown kind \(header.kind)")
            }
            return .record(JournalRecord(offset: offset, kind: kind, payload: Array(payload)))
        }
    }

    /// The first whole record that begins after `offset`, at any byte.
    mutating func recordAfter(_ offset: UInt64) throws(JournalError) -> UInt64? {
        var candidate = offset + 1
        while candidate + UInt64(RecordFrame.headerBytes) <= size {
            // Most bytes are refused by a glance at what would be the header.
            let header = try bytes(at: candidate, count: RecordFrame.headerBytes) { RecordFrame.Header($0) }
            if JournalRecord.Kind(rawValue: header.kind) != nil, header.length <= RecordFrame.largestPayload,
                UInt64(header.recordBytes) <= size - candidate,
                case .record = try look(at: candidate)
            {
                return candidate
            }
            candidate += 1
        }
        return nil
    }

    /// How far the journal was on the disk, as the last mark behind `offset` says; 0 where there is none.
    mutating func lastMark(after offset: UInt64) throws(JournalError) -> UInt64 {
        var synced: UInt64 = 0
        var offset = offset
        while let next = try recordAfter(offset) {
            offset = next
            while case .record(let record) = try look(at: offset) {
                // A mark speaks of what lies before it.
                if let mark = record.syncedBytes, mark <= offset { synced = max(synced, mark) }
                offset += UInt64(RecordFrame.headerBytes + record.payload.count)
            }
        }
        return synced
    }

    /// `offset + count` is at most `size`.
    private mutating func bytes<Result>(
        at offset: UInt64, count: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(JournalError) -> Result {
        if offset < windowStart || offset + UInt64(count) > windowStart + UInt64(window.count) {
            try fill(at: offset, atLeast: count)
        }
        let start = Int(offset - windowStart)
        return window.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
    }

    private mutating func fill(at offset: UInt64, atLeast count: Int) throws(JournalError) {
        let wanted = Int(min(UInt64(max(count, Self.windowBytes)), size - offset))
        if window.count != wanted { window = [UInt8](repeating: 0, count: wanted) }
        var failure: JournalError?
        let got = window.withUnsafeMutableBytes { buffer in
            do throws(JournalError) {
                return try storage.read(buffer, at: offset)
            } catch {
                failure = error
                return 0
            }
        }
        windowStart = offset
        if failure == nil && got < wanted {
            failure = .damaged(path: storage.path, offset: offset + UInt64(got), problem: "the file became shorter")
        }
        if let failure {
            window = []
            throw failure
        }
    }
}
