import Coordinator
import Foundation
import Testing

/// Journals in real files: what stands in them, who may open them.
@Suite struct JournalFileTests {
    private func open(_ folder: JournalFolder, _ opening: Journal.Opening = .existingOrNew) throws -> Journal {
        try Journal.open(path: folder.journal, fingerprint: JournalSamples.fingerprint, opening: opening) { _ in }
    }

    @Test func aFileHoldsTheSameBytesAsMemory() throws {
        let folder = try JournalFolder()
        let journal = try open(folder, .new)
        for payload in JournalSamples.payloads { try journal.append(.result, payload) }
        try journal.flush()
        try journal.storage.sync()
        let bytes = try JournalSamples.make().storage.bytes
        #expect(try folder.contents() == bytes)
        #expect(try journal.record(at: journal.endOffset - 13).payload == JournalSamples.payloads.last)
    }

    @Test func aTornTailIsCutInTheFile() throws {
        let folder = try JournalFolder()
        let (storage, ends) = try JournalSamples.make()
        try Data(storage.bytes.dropLast(2)).write(to: URL(filePath: folder.journal))
        let journal = try open(folder, .existing)
        #expect(journal.recovery.cutBytes == 11)
        #expect(try folder.contents().count == ends[ends.count - 2])
    }

    @Test func aSecondOpeningInThisProcessIsRefused() throws {
        let folder = try JournalFolder()
        var first: Journal? = try open(folder)
        #expect(throws: JournalError.locked(path: folder.journal)) { try open(folder) }
        #expect(throws: JournalError.locked(path: folder.journal)) { try open(folder, .existing) }
        try first?.append(.result, [1])
        try first?.flush()
        first = nil
        #expect(try open(folder).recordCount == 1, "the lock goes with the journal, and was not lost before")
    }

    @Test func otherProcessesAreKeptOut() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/flock") else {
            print("no /usr/bin/flock here: not tested")
            return
        }
        let folder = try JournalFolder()
        var journal: Journal? = try open(folder)
        #expect(try status("-n", folder.journal, "true") == 1, "held")
        #expect(try journal?.append(.result, [1]) != nil)
        journal = nil
        #expect(try status("-n", folder.journal, "true") == 0, "free again")

        let other = Process()
        let (input, output) = (Pipe(), Pipe())
        other.executableURL = URL(filePath: "/usr/bin/flock")
        other.arguments = [folder.journal, "sh", "-c", "echo held; cat"]
        other.standardInput = input
        other.standardOutput = output
        try other.run()
        #expect(output.fileHandleForReading.readData(ofLength: 4) == Data("held".utf8))
        #expect(throws: JournalError.locked(path: folder.journal)) { try open(folder) }
        try input.fileHandleForWriting.close()
        other.waitUntilExit()
        #expect(try open(folder).recordCount == 0)
    }

    private func status(_ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/flock")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func whatIsNotThereCannotBeResumed() throws {
        let folder = try JournalFolder()
        #expect(throws: JournalError.missing(path: folder.journal)) { try open(folder, .existing) }
        #expect(!FileManager.default.fileExists(atPath: folder.journal))
        let path = folder.path + "/no/such/folder"
        #expect(throws: JournalError.system(path: path, operation: "open", code: ENOENT)) {
            try FileStorage(path: path, opening: .existingOrNew)
        }
    }

    @Test func onlyARegularFileIsAJournal() throws {
        let folder = try JournalFolder()
        #expect(throws: JournalError.self) { try FileStorage(path: folder.path, opening: .existingOrNew) }
        #expect(mkfifo(folder.journal, 0o600) == 0)
        #expect(throws: JournalError.notAJournal(path: folder.journal, found: "not a regular file")) {
            try open(folder)
        }
    }

    /// Its file was removed while the run went on, and another run has begun under the same name: that one's stays.
    @Test func onlyTheOwnFileIsRemoved() throws {
        let folder = try JournalFolder()
        let first = try open(folder, .new)
        #expect(first.isInPlace)
        try FileManager.default.removeItem(atPath: folder.journal)
        #expect(!first.isInPlace)
        try first.remove()
        let second = try open(folder, .new)
        try first.remove()
        #expect(second.isInPlace && !first.isInPlace)
        try second.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.journal))
        try second.remove()
    }

    /// Runs that end and begin under one name, all at once: never two at a time have the file of that name.
    @Test func twoNeverHoldTheFileOfOneName() async throws {
        let folder = try JournalFolder()
        let holders = Holders()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<150 {
                        do {
                            let storage = try FileStorage(path: folder.journal, opening: .existingOrNew)
                            holders.enter()
                            #expect(storage.isInPlace, "a lock on a file without a name keeps nobody out")
                            holders.leave()
                            try storage.remove()
                        } catch JournalError.locked {
                            await Task.yield()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(holders.most == 1)
    }

    private final class Holders: @unchecked Sendable {
        private let lock = NSLock()
        private var now = 0
        private(set) var most = 0
        func enter() {
            lock.withLock {
                now += 1
                most = max(most, now)
            }
        }
        func leave() { lock.withLock { now -= 1 } }
    }
}
