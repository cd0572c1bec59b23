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
}
