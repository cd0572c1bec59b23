import Coordinator
import Foundation

/// How many times the usual number of seeds the fuzz tests run: `make fuzz` sets it.
let journalFuzzRounds = max(1, ProcessInfo.processInfo.environment["STNET_FUZZ"].flatMap { Int($0) } ?? 1)

/// Small journals in memory and what is in them.
enum JournalSamples {
    static let fingerprint = JournalFingerprint(["manifest_sha256": "aa", "iou": "stnet", "version": "1"])

    static let payloads: [[UInt8]] = [[], [1], Array("second".utf8), [UInt8](repeating: 7, count: 40), [0, 0, 0, 0]]

    /// A journal with `payloads`, each flushed on its own; where each record ends, the header first.
    ///
    /// `marked`: it ends with a mark that all of them were on the disk.
    static func make(marked: Bool = false) throws -> (storage: InMemoryStorage, ends: [Int]) {
        let storage = InMemoryStorage()
        let journal = try Journal.open(storage: storage, fingerprint: fingerprint) { _ in }
        var ends = [storage.bytes.count]
        for payload in payloads {
            try journal.append(.result, payload)
            try journal.flush()
            ends.append(storage.bytes.count)
        }
        if marked {
            try journal.mark(syncedBytes: journal.flushedBytes)
            try journal.flush()
        }
        return (storage, ends)
    }

    /// Opens and gives all payloads after the header.
    static func read(_ storage: InMemoryStorage) throws -> (journal: Journal, payloads: [[UInt8]]) {
        var payloads: [[UInt8]] = []
        let journal = try Journal.open(storage: storage, fingerprint: fingerprint) { payloads.append($0.payload) }
        return (journal, payloads)
    }

    /// The kinds of all records after the header.
    static func kinds(_ storage: InMemoryStorage) throws -> [JournalRecord.Kind] {
        var kinds: [JournalRecord.Kind] = []
        _ = try Journal.open(storage: storage, fingerprint: fingerprint) { kinds.append($0.kind) }
        return kinds
    }
}

/// A directory that goes with its owner.
final class JournalFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "stnet-journal-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var journal: String { path + "/run.journal" }

    func contents() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: journal))) }
}
