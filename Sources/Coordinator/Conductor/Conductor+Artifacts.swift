import Node
import Protocol

// A result counts only when the files of its image are on the disk: what a node says after a file waits for that.

extension Conductor {
    /// Takes a part of a file; a whole one is written elsewhere.
    func take(_ chunk: ArtifactChunk, session id: Int, now: Microseconds) {
        guard let node = sessions[id]!.node, let files = plan.artifacts, files.kinds.contains(chunk.kind) else {
            return outOfProtocol(id, "a file that nobody asked for")
        }
        guard schedule.expects(image: Int(chunk.index), lease: chunk.lease, node: node) else {
            return outOfProtocol(id, "a file of image \(chunk.index), which is not in its lease \(chunk.lease)")
        }
        lastResult = now
        schedule.progressed(lease: chunk.lease, now: now)
        do throws(OutOfProtocol) {
            guard let artifact = try sessions[id]!.reception.accept(chunk) else { return }
            let image = manifest.entries[Int(artifact.index)].id
            guard artifact.kind.accepts(artifact.bytes, inputSize: files.inputSize) else {
                throw OutOfProtocol("a file of \(image) that is no \(artifact.kind.suffix)")
            }
            sessions[id]!.unwritten += 1
            let bytes = artifact.bytes.count
            sessions[id]!.writer.write(artifact.bytes, to: files.path(artifact.kind, image)) { [mailbox] error in
                mailbox.post(error.map { .artifactFailed("\($0)") } ?? .artifactStored(session: id, bytes: bytes))
            }
        } catch {
            outOfProtocol(id, error.description)
        }
    }

    /// A file is on the disk: the node may send more, and what it said behind the file is heard.
    func stored(bytes: Int, session id: Int, now: Microseconds) {
        guard sessions[id] != nil else { return }
        sessions[id]!.unwritten -= 1
        sessions[id]!.reception.wasStored(bytes: bytes)
        if sessions[id]!.phase != .closing {
            sessions[id]!.link.send(.artifactsStored(bytes: sessions[id]!.reception.stored))
        }
        for place in sessions[id]!.held.indices { sessions[id]!.held[place].files -= 1 }
        releaseHeld(session: id, now: now)
    }

    /// Hears what was kept, as far as what it waited for is there.
    func releaseHeld(session id: Int, now: Microseconds) {
        while ending == nil, let session = sessions[id], let first = session.held.first, first.files <= 0,
            !waitsForOwnFiles(first.event, session: session)
        {
            sessions[id]!.held.removeFirst()
            handle(first.event, session: id, now: now)
        }
    }

    /// Whether an event has to wait: for files that came before it, for the digests of the own copies, or behind another
    /// one that waits. Then it is kept.
    func hold(_ event: LinkEvent<NodeMessage>, session id: Int, now: Microseconds) -> Bool {
        guard let session = sessions[id] else { return false }
        let waits = waitsForOwnFiles(event, session: session)
        guard waits || session.unwritten > 0 || !session.held.isEmpty else { return false }
        // That the own disk is slow is no silence of the node's, of whose lease these results are then.
        if waits, case .message(.results(let lease, _)) = event { schedule.progressed(lease: lease, now: now) }
        switch event {
        case .message(.results), .message(.leaseDone), .message(.leaving), .message(.failed), .message(.goodbye),
            .closed:
            break
        case .opened, .drained, .message: return false
        }
        sessions[id]!.held.append((event, session.unwritten))
        sessions[id]!.lastHeard = now
        return true
    }

    /// Whether the files of an image came with its result.
    func hasFiles(of index: UInt32, node: Int) -> Bool {
        guard let files = plan.artifacts else { return true }
        guard let id = members[node]?.session, sessions[id] != nil else { return false }
        return sessions[id]!.reception.take(index) == files.kinds
    }
}
