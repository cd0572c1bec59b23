import Coordinator
import Evaluation
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
        #expect(ledger.isComplete)
        let records = ledger.records.map { $0?.jsonLine }
        #expect(records.allSatisfy { $0 != nil })
        for count in 0...storage.bytes.count {
            let crashed = storage.crashed(after: count)
            var resumed = try samples.open(crashed)
            #expect(resumed.counts.failed == 0, "what failed is tried again")
            // Never more than was known, and never something else.
            for image in 0..<resumed.images where resumed.isDone(image) {
                #expect(resumed.record(image)?.jsonLine == records[image])
            }
            try run(&resumed)
            #expect(resumed.isComplete && resumed.records.map { $0?.jsonLine } == records, "after \(count) bytes")
            #expect(resumed.deliveries.disagreeing == ["d0"] && resumed.nodes.map(\.name) == ["first", "second"])
            let last = try samples.open(crashed)
            #expect(last.journal.recovery == JournalRecovery.none)
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
        #expect(retried.record(2) == nil)
        // It fails again: the last reason stands.
        #expect(try retried.acceptFailure(.init(.content, "still not"), image: 2) == .first)
        try retried.journal.flush()
        #expect(try samples.open(storage, retryFailures: false).record(2)?.error == "still not")
        #expect(try retried.accept(samples.result(2), node: Ledger.coordinator) == .supersedes)
        try retried.journal.flush()
        #expect(try samples.open(storage).record(2)?.isFailed == false)
    }

    @Test func aRecordThatDoesNotFitTheRunIsPassedOver() throws {
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "bits")
        let start = ledger.journal.endOffset
        _ = try ledger.accept(samples.result(4), node: node)
        _ = try ledger.accept(samples.result(1), node: node)
        try ledger.finish(filesDigest: ledger.filesDigest())
        let resumed = try LedgerSamples(images: 4).open(storage)
        #expect(resumed.isEvaluated(1) && resumed.counts.done == 1)
        let recovery = resumed.journal.recovery
        #expect(recovery.damages == 1 && recovery.firstOffset == start)
        #expect(
            recovery.firstProblem == "a result that is not of this run: image 4: index is not one of the 4 images")
        var squashed = samples
        squashed.options.preset = .squash
        #expect(try squashed.open(storage).counts.done == 0, "boxes of another frame")
    }

    /// Numbers that no network gives, under right checksums: no sum of them traps, and their images are evaluated anew.
    @Test func numbersBeyondTheNetworkAreEvaluatedAnew() throws {
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "bits")
        for image in 0..<5 {
            var found = samples.found(image)
            if image != 2 { (found.ties, found.ineligible, found.droppedMass) = (.max, .max, .min) }
            _ = try ledger.accept(samples.result(image, found), node: node)
        }
        try ledger.journal.flush()
        let metrics = Metrics(records: ledger.records.compactMap(\.self), groundTruth: [])
        #expect(metrics.counts.ties == .max && metrics.counts.ineligible == .max)
        var limited = samples
        limited.limits = ResultLimits(ties: 1000, ineligible: 1000)
        let resumed = try limited.open(storage)
        #expect((0..<5).filter(resumed.isDone) == [2] && resumed.journal.recovery.damages == 4)
        #expect(
            resumed.journal.recovery.firstProblem
                == "a result that is not of this run: a0: ties is 9223372036854775807, expected 0...1000 in this network"
        )
    }

    /// One damaged byte anywhere in what was on the disk costs what stands there, never brings a wrong result, and the run
    /// ends with the same records.
    @Test func aDamagedByteAnywhereEndsInTheSameRecords() throws {
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        let header = storage.bytes.count
        try run(&ledger)
        try ledger.journal.mark(syncedBytes: ledger.journal.flushedBytes)
        try ledger.journal.flush()
        let records = ledger.records.map { $0?.jsonLine }
        var fewest = records.count
        for place in header..<storage.bytes.count - 17 {
            for change: UInt8 in [0x01, 0x80, 0xff] {
                var bytes = storage.bytes
                bytes[place] ^= change
                let damaged = InMemoryStorage(bytes)
                var resumed = try samples.open(damaged)
                #expect(resumed.journal.recovery.damages > 0, "byte \(place)")
                for image in 0..<resumed.images where resumed.isDone(image) {
                    #expect(try resumed.result(image) == ledger.result(image), "byte \(place)")
                }
                fewest = min(fewest, resumed.counts.done)
                try run(&resumed)
                #expect(resumed.isComplete && resumed.records.map { $0?.jsonLine } == records, "byte \(place)")
                let again = try samples.open(damaged)
                #expect(again.records.map { $0?.jsonLine } == records && again.counts == resumed.counts)
            }
        }
        #expect(fewest >= 1, "a node's lost record costs its results, and no other's")
    }

    @Test func recordsOutOfPlaceArePassedOver() throws {
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
            let recovery = try samples.open(storage).journal.recovery
            return recovery.damages > 0 ? recovery.firstProblem : nil
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
        #expect(try problem([(.node, [0, 0, 1, 0, 1, 0, 65, 0, 0, 0, 0, 0, 0])]) == "node number 65536, expected 0")
        for (kind, payload) in [(JournalRecord.Kind.result, coordinators), (.repeated, repeated.payload)] {
            #expect(try problem([(kind, Array(payload.dropLast()))]) != nil)
            #expect(try problem([(kind, payload + [0])]) != nil)
        }
    }
}
