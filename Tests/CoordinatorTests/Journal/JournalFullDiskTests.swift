import Coordinator
import Foundation
import Testing

/// A disk that fills up costs nothing that was flushed before.
@Suite struct JournalFullDiskTests {
    @Test func whateverFitsIsRecovered() throws {
        let (complete, ends) = try JournalSamples.make()
        for limit in ends[0]...complete.bytes.count {
            let storage = InMemoryStorage(limit: limit)
            let journal = try JournalSamples.read(storage).journal
            var flushed: [[UInt8]] = []
            do {
                for payload in JournalSamples.payloads {
                    try journal.append(.result, payload)
                    try journal.flush()
                    flushed.append(payload)
                }
                #expect(limit == complete.bytes.count)
                continue
            } catch {
                let isFull = error == .system(path: storage.path, operation: "write", code: ENOSPC)
                #expect(isFull, "\(error)")
            }
            #expect(flushed.count == ends.count { $0 <= limit } - 1, "limit \(limit)")
            // Nothing goes in any more, even where there is room again.
            storage.setLimit(.max)
            #expect(throws: JournalError.writtenBefore(path: storage.path)) { try journal.append(.result, [1]) }
            #expect(throws: JournalError.writtenBefore(path: storage.path)) { try journal.flush() }
            #expect(try JournalSamples.read(storage).payloads == flushed, "limit \(limit)")
        }
    }

    @Test func aJournalThatCannotBeCreatedIsAnErrorAndCanBeCreatedLater() throws {
        let whole = try JournalSamples.make().ends[0]
        for limit in 0..<whole {
            let storage = InMemoryStorage(limit: limit)
            #expect(throws: JournalError.self) { try JournalSamples.read(storage) }
            storage.setLimit(.max)
            #expect(try JournalSamples.read(storage).journal.flushedBytes == UInt64(whole))
        }
    }

    @Test func theSystemsReasonIsGiven() throws {
        let descriptor = open("/dev/full", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            print("no /dev/full here: not tested")
            return
        }
        let storage = FileStorage(descriptor: descriptor, path: "/dev/full")
        let error = JournalError.system(path: "/dev/full", operation: "write", code: ENOSPC)
        #expect(throws: error) { try [UInt8](repeating: 1, count: 9).withUnsafeBytes { try storage.write($0, at: 0) } }
        #expect(error.description == "/dev/full: cannot write: No space left on device")
    }
}
