/// Reads a journal's records back, for walks over all of them in the order of their images: that is nearly the order in
/// which they lie, in batches of a node's. So it reads ahead, the more the longer the records follow each other.
struct JournalReader {
    private let journal: Journal
    private var window: [UInt8] = []
    /// Where the window lies in the journal.
    private var start: UInt64 = 0
    private var ahead = smallestWindow

    private static let smallestWindow = 1 << 12
    private static let largestWindow = 1 << 20

    init(_ journal: Journal) { self.journal = journal }

    mutating func record(at offset: UInt64) throws(JournalError) -> JournalRecord {
        // The buffer's records are not in the storage yet.
        guard offset < journal.flushedBytes else { return try journal.record(at: offset) }
        if let record = try found(at: offset) { return record }
        let isNext = offset >= start && offset <= start + UInt64(window.count)
        ahead = isNext ? min(2 * ahead, Self.largestWindow) : Self.smallestWindow
        let count = Int(min(UInt64(ahead), journal.flushedBytes - offset))
        window = []
        window = try journal.storage.bytes(upTo: count, at: offset)
        start = offset
        // One that is longer than the window, or that is not whole.
        if let record = try found(at: offset) { return record }
        return try journal.record(at: offset)
    }

    /// The record in the window; nil where it does not lie there whole.
    private func found(at offset: UInt64) throws(JournalError) -> JournalRecord? {
        guard offset >= start, let place = Int(exactly: offset - start), place < window.count,
            window.count - place >= RecordFrame.headerBytes
        else { return nil }
        let header = window.withUnsafeBytes { RecordFrame.Header(UnsafeRawBufferPointer(rebasing: $0[place...])) }
        guard header.length <= window.count - place - RecordFrame.headerBytes else { return nil }
        let payload = place + RecordFrame.headerBytes
        return try JournalRecord(
            header, Array(window[payload..<payload + header.length]), at: offset, path: journal.path)
    }
}
