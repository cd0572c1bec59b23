import Bytes
import Dataset

/// Some images of a run by which nodes show that they have the same data.
public struct Samples: Sendable {
    /// At most 16, spread over the manifest.
    public let ids: [String]
    /// SHA-256 of the coordinator's own files; "" where it has none.
    public let digests: [String]

    public init(_ manifest: Manifest) {
        let count = min(16, manifest.entries.count)
        var ids: [String] = []
        var digests: [String] = []
        for number in 0..<count {
            let entry = manifest.entries[number * manifest.entries.count / count]
            ids.append(entry.id)
            // One that cannot be read is no evidence against a node that can.
            let bytes = entry.image.flatMap { try? $0.read(limit: 256 << 20) }
            digests.append(bytes.map { SHA256.hex($0) } ?? "")
        }
        self.ids = ids
        self.digests = digests
    }
}
