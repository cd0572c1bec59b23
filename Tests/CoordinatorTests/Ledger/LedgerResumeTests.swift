import Coordinator
import Protocol
import SelectiveTuning
import Testing

/// A coordinator that died at any byte is resumed, and the run ends with the same records.
@Suite struct LedgerResumeTests {
    private let samples: LedgerSamples

    init() throws { samples = try LedgerSamples(images: 5) }

    /// A run with everything in it: two nodes, repeated results, a difference, a failure that is replaced, one that
    /// stays.
    private func run(_ ledger: inout Ledger) throws {
        let first = try ledger.nodeJoined(name: "first", device: "cpu", numerics: "bits")
        let second = try ledger.nodeJoined(name: "second", device: "cpu", numerics: "bits")
        for (image, node) in [(0, first), (3, second), (0, second)] {
            if image != 0 || node != first || !ledger.isDone(image) {
                _ = try ledger.accept(samples.result(image), node: node)
                try ledger.journal.flush()
            }
        }
        if !ledger.isDone(1) {
            _ = try ledger.accept(samples.failure(1), node: first)
            try ledger.journal.flush()
        }
        _ = try ledger.accept(samples.result(1), node: second)
        try ledger.journal.flush()
        var other = samples.found(3)
        other.ties += 1
        _ = try ledger.accept(samples.result(3, other), node: first)
        for image in [2, 4] where !ledger.isDone(image) { _ = try ledger.accept(samples.result(image), node: first) }
        try ledger.finish(filesDigest: ledger.filesDigest())
    }

    @Test func aCrashAtEveryByteEndsInTheSameRecords() throws {
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        try run(&ledger)
        #expect(ledger.isComplete && ledger.journal.isFinished)
        let records = ledger.records.map { $0?.jsonLine }
        #expect(records.allSatisfy { $0 != nil })
        for count in 0...storage.bytes.count {
            let crashed = storage.crashed(after: count)
            var resumed = try samples.open(crashed)
            #expect(resumed.counts.failed == 0, "what failed is tried again")
            // Never more than was known, and never something else.
            for image in 0..<resumed.images where resumed.isDone(image) {
                #expect(try resumed.record(image)?.jsonLine == records[image])
            }
            try run(&resumed)
            #expect(resumed.isComplete && resumed.records.map { $0?.jsonLine } == records, "after \(count) bytes")
            #expect(resumed.deliveries.disagreeing == ["d0"] && resumed.nodes.map(\.name) == ["first", "second"])
            let last = try samples.open(crashed)
            #expect(last.journal.isFinished && last.journal.cutBytes == 0)
            #expect(last.counts == resumed.counts && last.deliveries == resumed.deliveries)
        }
    }

    @Test func failuresAreTriedAgainUnlessTheyAreKept() throws {
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        _ = try ledger.acceptFailure(.init(.content, "not an image"), image: 2)
        try ledger.journal.flush()
        let kept = try samples.open(storage, retryFailures: false)
        #expect(kept.isFailed(2) && kept.isDone(2) && kept.counts.failed == 1)
        var retried = try samples.open(storage)
        #expect(!retried.isFailed(2) && !retried.isDone(2) && retried.counts.failed == 0)
        #expect(try retried.record(2) == nil)
        // It fails again: the last reason stands.
        #expect(try retried.acceptFailure(.init(.content, "still not"), image: 2) == .first)
        try retried.journal.flush()
        #expect(try samples.open(storage, retryFailures: false).record(2)?.error == "still not")
        #expect(try retried.accept(samples.result(2), node: Ledger.coordinator) == .supersedes)
        try retried.journal.flush()
        #expect(try samples.open(storage).record(2)?.isFailed == false)
    }

    @Test func aRecordThatDoesNotFitTheRunIsDamage() throws {
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "bits")
        let start = ledger.journal.endOffset
        _ = try ledger.accept(samples.result(4), node: node)
        try ledger.finish(filesDigest: ledger.filesDigest())
        let smaller = try LedgerSamples(images: 4)
        let expected = JournalError.damaged(
            path: storage.path, offset: start,
            problem: "a result that is not of this run: image 4: index is not one of the 4 images")
        #expect(throws: expected) { try smaller.open(storage) }
        var squashed = samples
        squashed.options.preset = .squash
        #expect(throws: JournalError.self) { try squashed.open(storage) }
    }

    @Test func recordsOutOfPlaceAreDamage() throws {
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "bits")
        let resultOffset = ledger.journal.endOffset
        _ = try ledger.accept(samples.result(0), node: node)
        let repeatedOffset = ledger.journal.endOffset
        _ = try ledger.accept(samples.result(0), node: node)
        try ledger.journal.flush()
        let result = try ledger.journal.record(at: resultOffset)
        let repeated = try ledger.journal.record(at: repeatedOffset)

        func problem(_ records: [(JournalRecord.Kind, [UInt8])]) throws -> String? {
            let storage = InMemoryStorage()
            let journal = try Journal.open(storage: storage, fingerprint: LedgerSamples.fingerprint) { _ in }
            for (kind, payload) in records { try journal.append(kind, payload) }
            try journal.flush()
            do {
                _ = try samples.open(storage)
                return nil
            } catch JournalError.damaged(_, _, let problem) {
                return problem
            }
        }
        var otherNode = result.payload
        otherNode[0] = 7
        let coordinators = [255, 255, 255, 255] + result.payload.dropFirst(4)
        #expect(try problem([(.result, coordinators)]) == nil)
        #expect(try problem([(.result, otherNode)]) == "node number 7, which has not joined")
        #expect(try problem([(.result, coordinators), (.result, coordinators)]) == "a0: a second result that counts")
        let repeatedByCoordinator = repeated.payload[..<5] + [255, 255, 255, 255]
        #expect(
            try problem([(.repeated, Array(repeatedByCoordinator))]) == "a0: a repeated result before the first")
        #expect(try problem([(.result, coordinators), (.repeated, Array(repeatedByCoordinator))]) == nil)
        #expect(try problem([(.header, [])]) == "a second header")
        #expect(try problem([(.node, [3, 0, 0, 0, 0, 0, 0, 0, 0, 0])]) == "node number 3, expected 0")
        for (kind, payload) in [(JournalRecord.Kind.result, coordinators), (.repeated, repeated.payload)] {
            #expect(try problem([(kind, Array(payload.dropLast()))]) != nil)
            #expect(try problem([(kind, payload + [0])]) != nil)
        }
    }
}
