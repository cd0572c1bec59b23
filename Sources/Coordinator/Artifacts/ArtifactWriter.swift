import Bytes
import Dispatch

/// Writes one node's files on a queue of its own, one after the other: a slow disk holds up that node and neither the
/// event loop nor other nodes. What lies queued is bounded by the protocol's window.
final class ArtifactWriter: Sendable {
    private let queue = DispatchQueue(label: "stnet.artifacts")

    /// `done` is called on the queue once the file is on the disk under its name, or with what was in the way.
    func write(_ bytes: [UInt8], to path: String, done: @escaping @Sendable (FileError?) -> Void) {
        queue.async {
            do throws(FileError) {
                try AtomicFile.write(path: path, bytes: bytes)
                done(nil)
            } catch {
                done(error)
            }
        }
    }

    /// Waits until all that was asked for is written: before a process ends.
    func finish() { queue.sync {} }
}
