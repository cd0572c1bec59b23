import Bytes
import Dataset

/// Some images of a run by which nodes show that they have the same data.
public struct Samples: Sendable {
    /// At most 16, spread over the manifest.
    public let ids: [String]
    /// Their places in the manifest.
    let places: [Int]
    /// SHA-256 of the coordinator's own files; "" where it has none.
    public let digests: [String]

    public init(_ manifest: Manifest) {
        let count = min(16, manifest.entries.count)
        places = (0..<count).map { $0 * manifest.entries.count / count }
        var ids: [String] = []
        var digests: [String] = []
        for place in places {
            let entry = manifest.entries[place]
            ids.append(entry.id)
            // One that cannot be read is no evidence against a node that can.
            let bytes = entry.image.flatMap { try? $0.read(limit: 256 << 20) }
            digests.append(bytes.map { SHA256.hex($0) } ?? "")
        }
        self.ids = ids
        self.digests = digests
    }

    /// Where the coordinator has no copy, what an earlier part of the run evaluated stands for it.
    func digests(completedBy ledger: Ledger) throws(JournalError) -> [String] {
        var completed = digests
        for (number, place) in places.enumerated() where completed[number].isEmpty {
            if let file = try ledger.file(place) { completed[number] = file.hex }
        }
        return completed
    }
}
