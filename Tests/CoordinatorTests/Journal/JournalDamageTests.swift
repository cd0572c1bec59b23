import Coordinator
import Testing

/// Damage is told from a torn tail: nothing is thrown away that whole records follow.
@Suite struct JournalDamageTests {
    private func damage(_ storage: InMemoryStorage) -> JournalError? {
        do {
            _ = try JournalSamples.read(storage)
            return nil
        } catch {
            return error as? JournalError
        }
    }

    @Test func anyFlippedBitOfTheLastRecordCutsItOff() throws {
        let (storage, ends) = try JournalSamples.make()
        let bytes = storage.bytes
        for place in ends[ends.count - 2]..<bytes.count {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[place] ^= 1 << bit
                let (journal, payloads) = try JournalSamples.read(InMemoryStorage(flipped))
                #expect(payloads == JournalSamples.payloads.dropLast(), "bit \(bit) of byte \(place)")
                #expect(journal.flushedBytes == UInt64(ends[ends.count - 2]))
            }
        }
    }

    @Test func anyFlippedBitOfAMiddleRecordIsDamageAtItsStart() throws {
        let (storage, ends) = try JournalSamples.make()
        let bytes = storage.bytes
        // The header's record begins behind the magic.
        for (start, end) in zip([8] + ends, ends.dropLast()) {
            for place in start..<end {
                for bit in 0..<8 {
                    var flipped = bytes
                    flipped[place] ^= 1 << bit
                    let broken = InMemoryStorage(flipped)
                    guard case .damaged(_, let offset, let problem) = damage(broken) else {
                        Issue.record("bit \(bit) of byte \(place) went unnoticed")
                        continue
                    }
                    #expect(offset == UInt64(start) && problem.hasSuffix("whole one at byte \(end)"))
                    #expect(broken.bytes == flipped, "nothing is changed")
                }
            }
        }
    }

    @Test func zerosAfterAPowerFailureAreATornTail() throws {
        let (storage, _) = try JournalSamples.make()
        let padded = InMemoryStorage(storage.bytes + [UInt8](repeating: 0, count: 5000))
        let (journal, payloads) = try JournalSamples.read(padded)
        #expect(payloads == JournalSamples.payloads && journal.cutBytes == 5000)
        #expect(padded.bytes == storage.bytes)
    }

    @Test func aRecordAtAnotherPlaceIsNone() throws {
        // The last record once more: its checksum holds for where it was, so the copy is a tail to cut off.
        let (storage, ends) = try JournalSamples.make()
        let copy = storage.bytes[ends[2]..<ends[3]]
        let (journal, payloads) = try JournalSamples.read(InMemoryStorage(storage.bytes + copy))
        #expect(payloads == JournalSamples.payloads && journal.cutBytes == UInt64(copy.count))
    }

    @Test func aFileThatIsNoJournalIsLeftAlone() throws {
        for text in ["hello", "STNETJNX", "STNET journal", "\0"] {
            let storage = InMemoryStorage(Array(text.utf8))
            guard case .notAJournal = damage(storage) else {
                Issue.record("\(text) was taken for a journal")
                continue
            }
            #expect(storage.bytes == Array(text.utf8))
        }
    }

    @Test func aVisitorsContradictionIsDamageAtItsRecord() throws {
        let (storage, ends) = try JournalSamples.make()
        let expected = JournalError.damaged(path: storage.path, offset: UInt64(ends[2]), problem: "not mine")
        #expect(throws: expected) {
            _ = try Journal.open(storage: storage, fingerprint: JournalSamples.fingerprint) { record in
                if record.payload == JournalSamples.payloads[2] { throw JournalContradiction("not mine") }
            }
        }
    }
}
