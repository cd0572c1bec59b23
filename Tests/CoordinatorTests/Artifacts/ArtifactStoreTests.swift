import Bytes
import Dataset
import Foundation
import Jobs
import Protocol
import Testing

@testable import Coordinator

/// What the names of the files are, and when they are given and taken.
@Suite struct ArtifactStoreTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
    private let files: ArtifactFiles
    private let storage = InMemoryStorage()
    private let heard = Events()

    /// What was posted; waited for.
    private final class Events: @unchecked Sendable {
        private let lock = Lock()
        private var events: [RunEvent] = []
        func post(_ event: RunEvent) { lock.withLock { events.append(event) } }
        var all: [RunEvent] { lock.withLock { events } }
    }

    init() throws {
        files = try #require(
            ArtifactFiles(
                options: .init(mode: .boxPictures, savesMaps: true, mapForm: .raw, mapReadOut: "image"),
                outPath: folder,
                mapsPath: nil, inputSize: 8))
        for path in files.paths { _ = try makeDirectories(path) }
    }

    private func store(_ journal: (any JournalStorage)? = nil) -> ArtifactStore {
        ArtifactStore(files, journal: journal ?? storage) {
            "i\($0)"
        } post: { [heard] in
            heard.post($0)
        }
    }

    private func content(_ kind: ArtifactKind, _ image: Int) -> [UInt8]? {
        try? WholeFile.read(path: files.path(kind, "i\(image)"), limit: 100)
    }

    private func write(_ store: ArtifactStore, _ arrival: Arrival, _ byte: UInt8) {
        store.store(arrival, .boxPicture, [byte])
        store.store(arrival, .scoreMap, [byte, byte])
    }

    /// As when `stored` was heard: names come after what they are for.
    private func waitForStored(_ count: Int) async throws {
        while heard.all.count(where: { if case .stored = $0 { true } else { false } }) < count {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Two nodes' files of image 0.
    private func twoOfOneImage(_ store: ArtifactStore) async throws -> (Arrival, Arrival) {
        let (a, b) = (Arrival(session: 1, lease: 7, image: 0), Arrival(session: 2, lease: 8, image: 0))
        write(store, a, 1)
        write(store, b, 2)
        try await waitForStored(4)
        return (a, b)
    }

    @Test func aFileHasItsNameOnlyWhenItIsKept() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = store()
        let (a, b) = try await twoOfOneImage(store)
        #expect(content(.boxPicture, 0) == nil)
        store.keep(a)
        store.discard(b)
        #expect(store.finish() == nil)
        #expect(content(.boxPicture, 0) == [1] && content(.scoreMap, 0) == [1, 1])
        for path in files.paths { #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 1) }
    }

    @Test func ofAConnectionThatIsOverNothingIsLeft() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = store()
        write(store, Arrival(session: 1, lease: 7, image: 0), 1)
        // It comes while that is being written.
        store.discardAll(session: 1)
        write(store, Arrival(session: 2, lease: 8, image: 1), 2)
        try await waitForStored(4)
        store.keep(Arrival(session: 2, lease: 8, image: 1))
        #expect(store.finish() == nil)
        #expect(content(.boxPicture, 0) == nil && content(.boxPicture, 1) == [2])
        for path in files.paths { #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 1) }
    }

    /// Before a file goes, the disk has the journal; what is named after that stays.
    @Test func filesGoBehindTheJournalAndInOrder() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = store()
        let (a, b) = try await twoOfOneImage(store)
        store.keep(a)
        store.removeFiles([0, 5])
        store.keep(b)
        #expect(store.finish() == nil)
        #expect(storage.syncCount == 1)
        #expect(content(.boxPicture, 0) == [2] && content(.scoreMap, 0) == [2, 2])
        #expect(heard.all.contains { if case .filesRemoved([0, 5]) = $0 { true } else { false } })
    }

    @Test func whereTheJournalCannotBeFlushedNoFileGoes() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let journal = FailingStorage()
        journal.failsToSync = true
        let store = store(journal)
        write(store, Arrival(session: 1, lease: 7, image: 0), 1)
        try await waitForStored(2)
        store.keep(Arrival(session: 1, lease: 7, image: 0))
        store.removeFiles([0])
        #expect(store.finish() == nil)
        #expect(content(.boxPicture, 0) == [1])
        #expect(heard.all.contains { if case .journalFailed = $0 { true } else { false } })
    }

    /// The end waits for what was decided, and says what came of it.
    @Test func aNameThatCannotBeGivenIsSaid() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = store()
        let arrival = Arrival(session: 1, lease: 7, image: 0)
        write(store, arrival, 1)
        try await waitForStored(2)
        let path = files.path(.scoreMap, "i0")
        _ = try makeDirectories(path)
        store.keep(arrival)
        let failure = try #require(store.finish())
        #expect(failure.path == path && failure.operation == "rename to")
        #expect(heard.all.contains { if case .storeFailed = $0 { true } else { false } })
    }
}
