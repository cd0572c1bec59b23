import Jobs
import Protocol

/// Puts the parts of one node's files together and keeps count of what it may send: a pure value.
struct ArtifactReception {
    /// Bytes of the files that were begun, and of those that lie on the disk, since the connection began.
    private(set) var begun: UInt64 = 0
    private(set) var stored: UInt64 = 0
    private var arriving: Artifact?
    private var total = 0
    /// The kinds of file that are whole, of images whose result has not come. A node may have an image in two leases: one
    /// came back when it was thought dead, and what it said in that one may still wait to be heard.
    private var whole: [Place: Set<ArtifactKind>] = [:]

    private struct Place: Hashable {
        var lease: UInt64
        var index: UInt32
    }

    /// A part: the whole file if it is the last one. Throws for what no node in order sends.
    mutating func accept(_ chunk: ArtifactChunk) throws(OutOfProtocol) -> Artifact? {
        let place = "part of file \(chunk.kind) of image \(chunk.index)"
        if arriving == nil {
            guard chunk.offset == 0 else { throw OutOfProtocol("a \(place) at \(chunk.offset), expected its begin") }
            guard (1...WireLimits.artifact).contains(Int(chunk.totalBytes)) else {
                throw OutOfProtocol("a \(place) of \(chunk.totalBytes) bytes, expected 1...\(WireLimits.artifact)")
            }
            guard whole[Place(lease: chunk.lease, index: chunk.index)]?.contains(chunk.kind) != true else {
                throw OutOfProtocol("a \(place) twice")
            }
            guard begun - stored + UInt64(chunk.totalBytes) <= UInt64(WireLimits.artifactWindow) else {
                throw OutOfProtocol("a \(place) beyond the window of \(WireLimits.artifactWindow) bytes")
            }
            begun += UInt64(chunk.totalBytes)
            total = Int(chunk.totalBytes)
            arriving = Artifact(index: chunk.index, kind: chunk.kind, bytes: [])
            arriving!.bytes.reserveCapacity(total)
        }
        guard arriving!.index == chunk.index, arriving!.kind == chunk.kind, Int(chunk.totalBytes) == total,
            Int(chunk.offset) == arriving!.bytes.count, !chunk.bytes.isEmpty,
            arriving!.bytes.count + chunk.bytes.count <= total
        else {
            throw OutOfProtocol(
                "a \(place): \(chunk.bytes.count) bytes at \(chunk.offset) of \(chunk.totalBytes), expected those at "
                    + "\(arriving!.bytes.count) of \(total) of file \(arriving!.kind) of image \(arriving!.index)")
        }
        arriving!.bytes += chunk.bytes
        guard arriving!.bytes.count == total else { return nil }
        defer { arriving = nil }
        whole[Place(lease: chunk.lease, index: chunk.index), default: []].insert(chunk.kind)
        return arriving
    }

    mutating func wasStored(bytes: Int) { stored += UInt64(bytes) }

    /// The kinds that came whole for an image in a lease, whose result is here now.
    mutating func take(_ index: UInt32, lease: UInt64) -> Set<ArtifactKind> {
        whole.removeValue(forKey: Place(lease: lease, index: index)) ?? []
    }
}
