import Coordinator
import Testing

/// A crash leaves any number of bytes behind; the next opening finds every whole record and goes on.
@Suite struct JournalCrashTests {
    @Test func aCrashAtEveryByteLosesOnlyTheTornRecord() throws {
        let (storage, ends) = try JournalSamples.make()
        for count in 0...storage.bytes.count {
            let crashed = storage.crashed(after: count)
            let (journal, payloads) = try JournalSamples.read(crashed)
            let whole = max(0, ends.count { $0 <= count } - 1)
            #expect(payloads == Array(JournalSamples.payloads.prefix(whole)), "after \(count) bytes")
            let kept = ends.last { $0 <= count } ?? 0
            #expect(journal.recovery.cutBytes == UInt64(count - kept))
            #expect(journal.recordCount == whole)

            // It goes on where it was cut, and ends in the bytes of a run without a crash.
            for payload in JournalSamples.payloads.dropFirst(whole) { try journal.append(.result, payload) }
            try journal.flush()
            #expect(crashed.bytes == storage.bytes, "after \(count) bytes")
        }
    }

    @Test func whatWasNotFlushedIsNotInTheFile() throws {
        let storage = InMemoryStorage()
        let journal = try JournalSamples.read(storage).journal
        try journal.append(.result, [1])
        try journal.flush()
        let flushed = storage.bytes
        let offset = try journal.append(.result, [2, 3])
        #expect(storage.bytes == flushed)
        #expect(try journal.record(at: offset).payload == [2, 3], "it is read from the buffer")
        try journal.flush()
        #expect(storage.bytes.count > flushed.count)
        #expect(try journal.record(at: offset).payload == [2, 3], "it is read from the storage")
    }

    @Test func theBufferDoesNotGrowWithTheJournal() throws {
        let storage = InMemoryStorage()
        let journal = try JournalSamples.read(storage).journal
        let payload = [UInt8](repeating: 5, count: 1000)
        var offsets: [UInt64] = []
        for _ in 0..<1000 { offsets.append(try journal.append(.result, payload)) }
        #expect(journal.endOffset - journal.flushedBytes <= UInt64(Journal.largestBuffer))
        #expect(storage.bytes.count == Int(journal.flushedBytes))
        for offset in offsets { #expect(try journal.record(at: offset).payload == payload) }
    }

    @Test func recordsLongerThanTheBufferAreWritten() throws {
        let storage = InMemoryStorage()
        let journal = try JournalSamples.read(storage).journal
        let long = [UInt8](repeating: 9, count: 1 << 20)
        try journal.append(.result, [1])
        let offset = try journal.append(.result, long)
        try journal.append(.result, [2])
        #expect(try journal.record(at: offset).payload == long)
        try journal.flush()
        #expect(try JournalSamples.read(storage).payloads == [[1], long, [2]])
        #expect(throws: JournalError.recordTooLong(path: storage.path, bytes: long.count + 1, limit: long.count)) {
            try journal.append(.result, long + [0])
        }
    }

    @Test func anOffsetThatIsNoRecordIsAnError() throws {
        let (storage, ends) = try JournalSamples.make()
        let journal = try JournalSamples.read(storage).journal
        for offset in 0...UInt64(storage.bytes.count + 10) where !ends.contains(Int(offset)) && offset != 8 {
            #expect(throws: JournalError.self, "\(offset)") { try journal.record(at: offset).payload }
        }
        #expect(throws: JournalError.self) { try journal.record(at: .max).payload }
    }

    @Test func theEndOfAPartIsARecordAsOthersAre() throws {
        let (storage, _) = try JournalSamples.make()
        let journal = try JournalSamples.read(storage).journal
        try journal.append(.finished, [])
        try journal.flush()
        #expect(try JournalSamples.kinds(storage).last == .finished)
        try journal.append(.result, [1])
        try journal.flush()
        #expect(try JournalSamples.kinds(storage).suffix(2) == [.finished, .result], "a resumed run goes on behind it")
    }
}
