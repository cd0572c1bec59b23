import Coordinator
import Foundation
import Testing

/// Flushing to the disk happens elsewhere, and its failure is reported once.
@Suite struct JournalSyncerTests {
    @Test func whatWasRequestedIsOnTheDiskAfterFinish() throws {
        let storage = InMemoryStorage()
        let journal = try JournalSamples.read(storage).journal
        let syncer = JournalSyncer(journal) { Issue.record("\($0)") }
        for _ in 0..<50 {
            try journal.append(.result, [1, 2, 3])
            try journal.flush()
            syncer.request(flushedBytes: journal.flushedBytes)
        }
        syncer.finish()
        #expect(syncer.syncedBytes == journal.flushedBytes && !syncer.isBusy)
        #expect(storage.syncedCount == storage.bytes.count)
        let count = storage.syncCount
        syncer.request(flushedBytes: journal.flushedBytes)
        syncer.finish()
        #expect(storage.syncCount == count, "nothing is new")
    }

    @Test func aFailureIsReportedOnce() throws {
        let storage = FailingStorage()
        let journal = try Journal.open(storage: storage, fingerprint: JournalSamples.fingerprint) { _ in }
        let errors = Errors()
        let syncer = JournalSyncer(journal) { errors.append($0) }
        storage.failsToSync = true
        let before = syncer.syncedBytes
        for _ in 0..<3 {
            try journal.append(.result, [1])
            try journal.flush()
            syncer.request(flushedBytes: journal.flushedBytes)
            syncer.finish()
        }
        #expect(errors.all == [.system(path: storage.path, operation: "flush to the disk", code: EIO)])
        #expect(syncer.syncedBytes == before && !syncer.isBusy)
    }

    private final class Errors: @unchecked Sendable {
        private let lock = NSLock()
        private var errors: [JournalError] = []
        func append(_ error: JournalError) { lock.withLock { errors.append(error) } }
        var all: [JournalError] { lock.withLock { errors } }
    }

    private final class FailingStorage: JournalStorage, @unchecked Sendable {
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
}
