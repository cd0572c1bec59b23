import Foundation

@testable import Coordinator

/// A journal in memory that cannot be flushed to the disk, when the test says so.
final class FailingStorage: JournalStorage, @unchecked Sendable {
    private let memory = InMemoryStorage()
    private let lock = NSLock()
    private var fails = false
    var failsToSync: Bool {
        get { lock.withLock { fails } }
        set { lock.withLock { fails = newValue } }
    }
    var path: String { memory.path }
    func size() -> UInt64 { memory.size() }
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int { memory.read(buffer, at: offset) }
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError) {
        try memory.write(bytes, at: offset)
    }
    func truncate(to size: UInt64) { memory.truncate(to: size) }
    func sync() throws(JournalError) {
        if failsToSync { throw .system(path: path, operation: "flush to the disk", code: EIO) }
    }
}
