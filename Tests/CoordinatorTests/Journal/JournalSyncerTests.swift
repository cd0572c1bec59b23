@testable import Coordinator
import Foundation
import Protocol
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
        #expect(syncer.finish() == nil)
        #expect(syncer.syncedBytes == journal.flushedBytes)
        #expect(storage.syncedCount == storage.bytes.count)
        let count = storage.syncCount
        syncer.request(flushedBytes: journal.flushedBytes)
        #expect(syncer.finish() == nil)
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
            let failure = JournalError.system(path: storage.path, operation: "flush to the disk", code: EIO)
            #expect(syncer.finish() == failure, "who waits for the last one is told")
        }
        #expect(errors.all == [.system(path: storage.path, operation: "flush to the disk", code: EIO)])
        #expect(syncer.syncedBytes == before)
    }

    /// Every image has a result, and the disk failed below the last of them.
    @Test func aRunWhoseLastSyncFailsSaysSo() async throws {
        let samples = try LedgerSamples(images: 1)
        let storage = FailingStorage()
        let ledger = try Ledger.open(
            storage: storage, fingerprint: LedgerSamples.fingerprint, manifest: samples.manifest,
            options: samples.options, inputSize: LedgerSamples.inputSize, classes: LedgerSamples.classes)
        let node = ScriptedNode { lease in
            storage.failsToSync = true
            return [.results(lease: lease.id, [samples.result(0)]), .leaseDone(lease.id)]
        }
        let plan = RunPlan(job: Job(network: "small", networkDescription: nil, weightsSHA256: "", options: [:]))
        let conductor = Conductor(
            plan: plan, manifest: samples.manifest, ledger: ledger,
            surroundings: Conductor.Surroundings(endpoints: [node.endpoint]) { _ in nil }, reporter: NoteKeeper())
        let ending = await conductor.lead().ending
        #expect(
            ending == .journalFailed(reason: "\(storage.path): cannot flush to the disk: Input/output error"))
    }

    private final class Errors: @unchecked Sendable {
        private let lock = NSLock()
        private var errors: [JournalError] = []
        func append(_ error: JournalError) { lock.withLock { errors.append(error) } }
        var all: [JournalError] { lock.withLock { errors } }
    }
}
