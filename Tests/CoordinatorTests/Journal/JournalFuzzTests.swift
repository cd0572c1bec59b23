import Coordinator
import SelectiveTuning
import Testing

/// A journal's file may hold anything: opening it ends in an error or in some of the records that were written.
@Suite struct JournalFuzzTests {
    @Test func mutatedJournalsAreOpenedOrRefused() throws {
        try openedOrRefused(JournalSamples.make().storage.bytes) { payloads in
            payloads == Array(JournalSamples.payloads.prefix(payloads.count))
        }
    }

    /// With a mark behind them, any of the records may be missing; none is another one, and they stay in order.
    @Test func mutatedSyncedJournalsGiveSomeOfTheirRecords() throws {
        try openedOrRefused(JournalSamples.make(marked: true).storage.bytes) { payloads in
            var rest = JournalSamples.payloads[...]
            return payloads.allSatisfy { payload in
                guard let place = rest.firstIndex(of: payload) else { return false }
                rest = rest[(place + 1)...]
                return true
            }
        }
    }

    private func openedOrRefused(_ original: [UInt8], _ isExpected: ([[UInt8]]) -> Bool) throws {
        for round in 0..<10_000 * journalFuzzRounds {
            var random = SeededGenerator(seed: UInt64(round))
            let bytes = mutated(original, &random)
            let memory = InMemoryStorage(bytes)
            do {
                let (journal, payloads) = try JournalSamples.read(memory)
                #expect(isExpected(payloads), "seed \(round)")
                #expect(journal.flushedBytes == UInt64(memory.bytes.count), "seed \(round)")
                try journal.append(.finished, [])
                try journal.flush()
                let (again, all) = try JournalSamples.read(memory)
                #expect(all == payloads + [[]] && again.recovery.cutBytes == 0, "seed \(round)")
            } catch let error as JournalError {
                #expect(memory.bytes == bytes, "seed \(round): refused with \(error), and yet changed")
            }
        }
    }

    private func mutated(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0...24, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.removeLast(bytes.count - place)
            case 4:
                for index in place..<end { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            default:
                for index in place..<end { bytes[index] = random.next() % 2 == 0 ? 0 : 255 }
            }
        }
        return bytes
    }
}
