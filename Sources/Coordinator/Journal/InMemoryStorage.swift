import Bytes

/// A journal's bytes in memory: its copies can be cut anywhere, and it can be full.
public final class InMemoryStorage: JournalStorage, @unchecked Sendable {
    public let path: String
    private let lock = Lock()
    private var content: [UInt8]
    private var limit: Int
    private var synced: Int
    private var syncs = 0

    /// `limit`: bytes that fit; a write beyond it leaves what fits and fails as on a full disk.
    public init(_ bytes: [UInt8] = [], limit: Int = .max, path: String = "journal in memory") {
        content = bytes
        self.limit = limit
        self.path = path
        synced = bytes.count
    }

    /// All that was written.
    public var bytes: [UInt8] { lock.withLock { content } }
    /// Bytes that were there at the last `sync`: what a power failure leaves at the least.
    public var syncedCount: Int { lock.withLock { synced } }
    public var syncCount: Int { lock.withLock { syncs } }

    /// What a crash after `count` bytes leaves behind.
    public func crashed(after count: Int) -> InMemoryStorage {
        InMemoryStorage(Array(bytes.prefix(count)), path: path)
    }

    public func setLimit(_ bytes: Int) { lock.withLock { limit = bytes } }

    public func size() -> UInt64 { lock.withLock { UInt64(content.count) } }

    public func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
        lock.withLock {
            guard let start = Int(exactly: offset), start < content.count else { return 0 }
            let count = min(buffer.count, content.count - start)
            content.withUnsafeBytes { bytes in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
            }
            return count
        }
    }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError) {
        let isFull = lock.withLock {
            let start = Int(offset)
            if content.count < start { content += [UInt8](repeating: 0, count: start - content.count) }
            let fitting = bytes.prefix(max(0, limit - start))
            let end = min(start + fitting.count, content.count)
            content.replaceSubrange(start..<end, with: fitting)
            return fitting.count < bytes.count
        }
        if isFull { throw .system(path: path, operation: "write", code: ENOSPC) }
    }

    public func truncate(to size: UInt64) {
        lock.withLock {
            content.removeLast(max(0, content.count - Int(size)))
            synced = min(synced, content.count)
        }
    }

    public func sync() {
        lock.withLock {
            synced = content.count
            syncs += 1
        }
    }
}
