import Bytes
import Coordinator
import Testing

/// Only a run that computes the same may go on with a journal.
@Suite struct JournalFingerprintTests {
    @Test func eachFieldThatDiffersIsNamedWithBothValues() throws {
        let (storage, _) = try JournalSamples.make()
        let bytes = storage.bytes
        let other = JournalFingerprint(["version": "2", "manifest_sha256": "aa", "preset": "squash"])
        let expected = JournalError.differs(
            path: storage.path,
            [
                .init(name: "version", journal: "1", run: "2"), .init(name: "preset", journal: nil, run: "squash"),
                .init(name: "iou", journal: "stnet", run: nil),
            ])
        #expect(throws: expected) { try Journal.open(storage: storage, fingerprint: other) { _ in } }
        #expect(
            expected.description
                == "journal in memory: the journal of another run, which differs in version of stnet: 1, now 2; "
                + "preset: nothing, now squash; iou: stnet, now nothing: choose another --out, or give --force to begin "
                + "anew")
        #expect(storage.bytes == bytes)
    }

    @Test func theOrderOfFieldsDoesNotMatter() throws {
        let (storage, _) = try JournalSamples.make()
        let other = JournalFingerprint(["version": "1", "iou": "stnet", "manifest_sha256": "aa"])
        let journal = try Journal.open(storage: storage, fingerprint: other) { _ in }
        #expect(journal.recordCount == JournalSamples.payloads.count)
    }

    @Test func anotherFormatIsRefused() throws {
        let (storage, _) = try JournalSamples.make()
        let header = JournalRecordBytes.make(kind: 1, payload: [1, 0, 99], at: 8)
        let other = InMemoryStorage(Array(storage.bytes.prefix(8)) + header)
        #expect(throws: JournalError.unknownVersion(path: other.path, found: 1, known: Journal.formatVersion)) {
            try JournalSamples.read(other)
        }
    }

    @Test func aHeaderWithTrailingOrMissingBytesIsDamage() throws {
        for payload: [UInt8] in [[], [2], [2, 0], [2, 0, 1, 0], [2, 0, 0, 0, 7], [2, 0, 255, 255]] {
            let storage = InMemoryStorage(Journal.magic + JournalRecordBytes.make(kind: 1, payload: payload, at: 8))
            #expect(throws: JournalError.self, "\(payload)") { try JournalSamples.read(storage) }
            let result = InMemoryStorage(Journal.magic + JournalRecordBytes.make(kind: 3, payload: payload, at: 8))
            #expect(throws: JournalError.self, "\(payload)") { try JournalSamples.read(result) }
        }
    }

    @Test func aJournalWithoutAResultBindsNobody() throws {
        let storage = InMemoryStorage()
        let first = try Journal.open(storage: storage, fingerprint: JournalSamples.fingerprint) { _ in }
        try first.append(.node, [1, 2, 3])
        try first.flush()
        let other = JournalFingerprint(["version": "2"])
        let journal = try Journal.open(storage: storage, fingerprint: other, opening: .new) { _ in
            Issue.record("nothing of it is taken")
        }
        #expect(journal.recordCount == 0)
        // It is this run's from here on.
        try journal.append(.result, [1])
        try journal.flush()
        #expect(throws: JournalError.self) {
            try Journal.open(storage: storage, fingerprint: JournalSamples.fingerprint) { _ in }
        }
        #expect(throws: JournalError.exists(path: storage.path)) {
            try Journal.open(storage: storage, fingerprint: other, opening: .new) { _ in }
        }
    }

    @Test func whoForcesBeginsAnewButNotInAnotherProgramsFile() throws {
        let (storage, _) = try JournalSamples.make()
        let other = JournalFingerprint(["version": "2"])
        let journal = try Journal.open(storage: storage, fingerprint: other, opening: .replacing) { _ in }
        #expect(journal.recordCount == 0)
        let letter = InMemoryStorage(Array("Dear Sir".utf8))
        #expect(throws: JournalError.self) {
            try Journal.open(storage: letter, fingerprint: other, opening: .replacing) { _ in }
        }
        #expect(letter.bytes == Array("Dear Sir".utf8))
    }

    @Test func aNewRunDoesNotTakeAnOldJournal() throws {
        let (storage, _) = try JournalSamples.make()
        #expect(throws: JournalError.exists(path: storage.path)) {
            try Journal.open(storage: storage, fingerprint: JournalSamples.fingerprint, opening: .new) { _ in }
        }
    }
}

/// A record as the format describes it, made without the journal's own code.
enum JournalRecordBytes {
    static func make(kind: UInt8, payload: [UInt8], at offset: UInt64) -> [UInt8] {
        let length = little(UInt32(payload.count))
        let checksum = CRC32C.checksum(little(offset) + length + [kind] + payload)
        return length + little(checksum) + [kind] + payload
    }

    private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
