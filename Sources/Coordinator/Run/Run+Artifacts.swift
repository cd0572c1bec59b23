import Jobs
import Protocol

// Files that nodes make of images: pictures and maps.

extension Run {
    /// Takes a part of a file; a whole one is to be written.
    mutating func take(_ chunk: ArtifactChunk, session id: Int) {
        guard let node = sessions[id]!.node, plan.artifactKinds.contains(chunk.kind) else {
            return outOfProtocol(id, "a file that nobody asked for")
        }
        guard schedule.expects(image: Int(chunk.index), lease: chunk.lease, node: node) else {
            return outOfProtocol(id, "a file of \(name(of: chunk.index)), which is not in its lease \(chunk.lease)")
        }
        lastResult = now
        schedule.progressed(lease: chunk.lease, now: now)
        do throws(OutOfProtocol) {
            guard let artifact = try sessions[id]!.reception.accept(chunk) else { return }
            guard artifact.kind.accepts(artifact.bytes, inputSize: plan.inputSize) else {
                let image = manifest.entries[Int(artifact.index)].id
                throw OutOfProtocol("a file of \(image) that is no \(artifact.kind.suffix)")
            }
            sessions[id]!.unwritten += 1
            act(.store(session: id, artifact.kind, image: Int(artifact.index), bytes: artifact.bytes))
        } catch {
            outOfProtocol(id, error.description)
        }
    }

    /// Whether the files of an image came with its result.
    mutating func hasFiles(of index: UInt32, node: Int) -> Bool {
        guard !plan.artifactKinds.isEmpty else { return true }
        guard let id = members[node]?.session, sessions[id] != nil else { return false }
        return sessions[id]!.reception.take(index) == plan.artifactKinds
    }
}
