import Bytes
import Jobs
import Protocol

/// Sends the files that the device made, and holds it up while the coordinator has not stored enough of those before:
/// so that neither end's memory grows when one is slower than the other.
public final class ArtifactSender: @unchecked Sendable {
    private let condition = Condition()
    private let post: @Sendable (NodeMessage) -> Void
    /// Bytes of the files that were begun, and of those that the coordinator has stored.
    private var sent: UInt64 = 0
    private var stored: UInt64 = 0
    private var isClosed = false

    /// `post` sends a message to the coordinator.
    public init(_ post: @escaping @Sendable (NodeMessage) -> Void) { self.post = post }

    /// Waits until there is room in the window, then sends the file in parts. After `close` it does nothing.
    public func send(_ artifact: Artifact, lease: UInt64) {
        let total = UInt64(artifact.bytes.count)
        condition.lock()
        while !isClosed, sent - stored + total > UInt64(WireLimits.artifactWindow) { condition.wait() }
        let goesOn = !isClosed
        if goesOn { sent += total }
        condition.unlock()
        guard goesOn else { return }
        for offset in stride(from: 0, to: artifact.bytes.count, by: WireLimits.chunk) {
            let end = min(offset + WireLimits.chunk, artifact.bytes.count)
            post(
                .artifact(
                    ArtifactChunk(
                        lease: lease, index: artifact.index, kind: artifact.kind,
                        totalBytes: UInt32(artifact.bytes.count), offset: UInt32(offset),
                        bytes: Array(artifact.bytes[offset..<end]))))
        }
    }

    /// The coordinator has stored so many bytes since the start. Throws when that cannot be.
    public func stored(bytes: UInt64) throws(OutOfProtocol) {
        condition.lock()
        defer { condition.unlock() }
        guard bytes >= stored, bytes <= sent else {
            throw OutOfProtocol("\(bytes) bytes of artifacts stored, expected \(stored)...\(sent)")
        }
        stored = bytes
        condition.signal()
    }

    /// The session is over: whoever waits goes on.
    public func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
