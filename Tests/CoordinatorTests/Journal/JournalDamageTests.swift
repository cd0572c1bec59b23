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

    /// A record that was on the disk: a mark behind it says so.
    @Test func anyFlippedBitOfASyncedRecordCostsThatRecord() throws {
        let (storage, ends) = try JournalSamples.make(marked: true)
        let bytes = storage.bytes
        for (number, (start, end)) in zip(ends, ends.dropFirst()).enumerated() {
            for place in start..<end {
                for bit in 0..<8 {
                    var flipped = bytes
                    flipped[place] ^= 1 << bit
                    let broken = InMemoryStorage(flipped)
                    let (journal, payloads) = try JournalSamples.read(broken)
                    var expected = JournalSamples.payloads
                    expected.remove(at: number)
                    #expect(payloads == expected, "bit \(bit) of byte \(place)")
                    #expect(broken.bytes == flipped && journal.recovery.cutBytes == 0, "nothing is changed")
                    #expect(journal.recovery.damages == 1 && journal.recovery.firstOffset == UInt64(start))
                    #expect(journal.recovery.damagedBytes == UInt64(end - start))
                    // It goes on behind what is whole.
                    try journal.append(.result, [9])
                    try journal.flush()
                    #expect(try JournalSamples.read(broken).payloads == expected + [[9]])
                }
            }
        }
    }

    /// Without a mark behind it, it may be a hole that a power failure left: what follows is not older than it.
    @Test func whatIsBrokenBehindTheLastMarkIsCutThere() throws {
        let (storage, ends) = try JournalSamples.make()
        let bytes = storage.bytes
        for (number, (start, end)) in zip(ends, ends.dropFirst()).enumerated() {
            for place in start..<end {
                var flipped = bytes
                flipped[place] ^= 0x10
                let broken = InMemoryStorage(flipped)
                let (journal, payloads) = try JournalSamples.read(broken)
                #expect(payloads == Array(JournalSamples.payloads.prefix(number)), "byte \(place)")
                #expect(broken.bytes == Array(bytes.prefix(start)) && journal.recovery.damages == 0)
                #expect(journal.recovery.cutBytes == UInt64(bytes.count - start))
                #expect(journal.recovery.lines(path: "j").count == 1)
            }
        }
    }

    /// Damage in what was synced, a whole record, and a hole behind the last mark: one is passed over, one is cut.
    @Test func damageAndATornTailAreToldApart() throws {
        let (storage, ends) = try JournalSamples.make(marked: true)
        let journal = try JournalSamples.read(storage).journal
        try journal.append(.result, [50])
        try journal.flush()
        let hole = storage.bytes.count
        for byte: UInt8 in [51, 52] { try journal.append(.result, [byte]) }
        try journal.flush()
        var bytes = storage.bytes
        bytes[ends[1] + 3] ^= 1
        bytes[hole + 2] ^= 1
        let broken = InMemoryStorage(bytes)
        let (again, payloads) = try JournalSamples.read(broken)
        var expected = JournalSamples.payloads
        expected.remove(at: 1)
        #expect(payloads == expected + [[50]] && broken.bytes.count == hole)
        #expect(again.recovery.damages == 1 && again.recovery.cutBytes == UInt64(bytes.count - hole))
        let lines = again.recovery.lines(path: "j")
        #expect(lines.count == 2 && lines[0].contains("the first at byte \(ends[1])"))
    }

    /// Where lengths are gone too, reading goes on at the next record whose checksum holds.
    @Test func aHoleOverManyRecordsIsPassedOver() throws {
        let (storage, ends) = try JournalSamples.make(marked: true)
        for fill: UInt8 in [0, 0xff, 0x55] {
            var bytes = storage.bytes
            for place in ends[0]..<ends[3] { bytes[place] = fill }
            let (journal, payloads) = try JournalSamples.read(InMemoryStorage(bytes))
            #expect(payloads == Array(JournalSamples.payloads[3...]))
            #expect(journal.recovery.damagedBytes == UInt64(ends[3] - ends[0]))
        }
    }

    @Test func aDamagedBeginningIsRefusedAndLeftAlone() throws {
        let (storage, ends) = try JournalSamples.make(marked: true)
        for place in 8..<ends[0] {
            var bytes = storage.bytes
            bytes[place] ^= 4
            let broken = InMemoryStorage(bytes)
            guard case .beginningDamaged = damage(broken) else {
                Issue.record("byte \(place) went unnoticed")
                continue
            }
            #expect(broken.bytes == bytes)
        }
    }

    @Test func marksAreNoRecordsAndSayNothingTwice() throws {
        let storage = InMemoryStorage()
        let journal = try JournalSamples.read(storage).journal
        try journal.append(.finished, [])
        try journal.flush()
        for _ in 0..<3 { try journal.mark(syncedBytes: journal.flushedBytes) }
        try journal.flush()
        let count = storage.bytes.count
        // What was synced since is the mark alone.
        try journal.mark(syncedBytes: UInt64(count))
        try journal.flush()
        #expect(storage.bytes.count == count && journal.recordCount == 1)
        let again = try JournalSamples.read(storage)
        #expect(again.payloads == [[]] && again.journal.recordCount == 1)
    }

    @Test func zerosAfterAPowerFailureAreATornTail() throws {
        let (storage, _) = try JournalSamples.make()
        let padded = InMemoryStorage(storage.bytes + [UInt8](repeating: 0, count: 5000))
        let (journal, payloads) = try JournalSamples.read(padded)
        #expect(payloads == JournalSamples.payloads && journal.recovery.cutBytes == 5000)
        #expect(padded.bytes == storage.bytes)
    }

    @Test func aRecordAtAnotherPlaceIsNone() throws {
        // The last record once more: its checksum holds for where it was, so the copy is a tail to cut off.
        let (storage, ends) = try JournalSamples.make()
        let copy = storage.bytes[ends[2]..<ends[3]]
        let (journal, payloads) = try JournalSamples.read(InMemoryStorage(storage.bytes + copy))
        #expect(payloads == JournalSamples.payloads && journal.recovery.cutBytes == UInt64(copy.count))
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

    @Test func whatAVisitorContradictsIsPassedOver() throws {
        let (storage, ends) = try JournalSamples.make()
        var others: [[UInt8]] = []
        let journal = try Journal.open(storage: storage, fingerprint: JournalSamples.fingerprint) { record in
            if record.payload == JournalSamples.payloads[2] { throw JournalContradiction("not mine") }
            others.append(record.payload)
        }
        var expected = JournalSamples.payloads
        expected.remove(at: 2)
        #expect(others == expected && journal.recovery.damages == 1)
        #expect(journal.recovery.firstOffset == UInt64(ends[2]) && journal.recovery.firstProblem == "not mine")
        #expect(storage.bytes.count == ends.last)
    }
}
