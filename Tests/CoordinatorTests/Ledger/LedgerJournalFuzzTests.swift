import Coordinator
import SelectiveTuning
import Testing

/// Records with right checksums and wrong contents end in errors, never in a trap.
@Suite struct LedgerJournalFuzzTests {
    @Test func mutatedPayloadsAreReplayedOrPassedOver() throws {
        let samples = try LedgerSamples()
        var ledger = try samples.open(InMemoryStorage())
        var offsets = [ledger.journal.endOffset]
        let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "bits")
        offsets.append(ledger.journal.endOffset)
        _ = try ledger.accept(samples.result(0), node: node)
        offsets.append(ledger.journal.endOffset)
        var other = samples.found(0)
        other.ties = 0
        _ = try ledger.accept(samples.result(0, other), node: node)
        offsets.append(ledger.journal.endOffset)
        _ = try ledger.accept(samples.failure(1), node: node)
        let records = try offsets.map { try ledger.journal.record(at: $0) }
        var refused = 0
        for round in 0..<5000 * journalFuzzRounds {
            var random = SeededGenerator(seed: UInt64(round))
            let changed = Int.random(in: 0..<records.count, using: &random)
            let storage = InMemoryStorage()
            let journal = try Journal.open(storage: storage, fingerprint: LedgerSamples.fingerprint) { _ in }
            for (place, record) in records.enumerated() {
                var payload = record.payload
                if place == changed {
                    let byte = Int.random(in: 0..<payload.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: payload[byte] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 1: payload[byte] = UInt8.random(in: 0...255, using: &random)
                    default: payload.removeSubrange(byte...)
                    }
                }
                try journal.append(record.kind, payload)
            }
            try journal.flush()
            let resumed = try samples.open(storage, retryFailures: false)
            #expect(resumed.counts.done <= 2 && resumed.records.count == 4, "seed \(round)")
            if resumed.journal.recovery.damages > 0 { refused += 1 }
        }
        #expect(refused > 2500 * journalFuzzRounds, "most changes contradict the run")
    }
}
