/// The bytes that a journal lies in: a file, or memory in tests and simulations.
///
/// One thread at a time uses it, but `sync` may be called from another one meanwhile.
public protocol JournalStorage: AnyObject, Sendable {
    /// For messages: a file's path.
    var path: String { get }
    /// Bytes that are there.
    func size() throws(JournalError) -> UInt64
    /// Fills the buffer from `offset` on; fewer bytes only where the end comes first. Gives their number.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(JournalError) -> Int
    /// Writes all the bytes from `offset` on. When it throws, any number of them may have been written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError)
    /// Cuts everything off from `size` on.
    func truncate(to size: UInt64) throws(JournalError)
    /// What was written before the call survives a power failure once it returns.
    func sync() throws(JournalError)
    /// Takes the file's name away, if it is this one's.
    func remove() throws(JournalError)
    /// Whether the file can be found under its name.
    var isInPlace: Bool { get }
}

extension JournalStorage {
    public func remove() throws(JournalError) {}
    public var isInPlace: Bool { true }
}

extension JournalStorage {
    /// Reads one record.
    /// - Throws: `JournalError`, `.damaged` for what is no whole record.
    func record(at offset: UInt64) throws(JournalError) -> JournalRecord {
        let header = try bytes(at: offset, count: RecordFrame.headerBytes).withUnsafeBytes { RecordFrame.Header($0) }
        guard header.length <= RecordFrame.largestPayload else {
            throw .damaged(path: path, offset: offset, problem: "no record is there")
        }
        let payload = try bytes(at: offset + UInt64(RecordFrame.headerBytes), count: header.length)
        return try JournalRecord(header, payload, at: offset, path: path)
    }

    /// - Throws: `JournalError`, `.damaged` where fewer bytes are there.
    func bytes(at offset: UInt64, count: Int) throws(JournalError) -> [UInt8] {
        let bytes = try bytes(upTo: count, at: offset)
        guard bytes.count == count else {
            throw .damaged(path: path, offset: offset, problem: "the file became shorter")
        }
        return bytes
    }

    /// Fewer than `count` bytes only where the end comes first.
    func bytes(upTo count: Int, at offset: UInt64) throws(JournalError) -> [UInt8] {
        var failure: JournalError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, got in
            do throws(JournalError) {
                got = try read(UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
