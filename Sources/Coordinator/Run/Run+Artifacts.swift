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
            let arrival = Arrival(session: id, lease: chunk.lease, image: Int(artifact.index))
            act(.store(arrival, artifact.kind, bytes: artifact.bytes))
        } catch {
            outOfProtocol(id, error.description)
        }
    }

    /// Whether the files of an image came with its result.
    mutating func hasFiles(_ arrival: Arrival) -> Bool {
        guard !plan.artifactKinds.isEmpty else { return true }
        guard sessions[arrival.session] != nil else { return false }
        return sessions[arrival.session]!.reception.take(UInt32(arrival.image), lease: arrival.lease)
            == plan.artifactKinds
    }

    /// A node's result was compared with what there is: whether the files that came with it are the image's.
    mutating func judgeFiles(of arrival: Arrival, node: Int, _ acceptance: Acceptance) {
        guard !plan.artifactKinds.isEmpty else { return }
        let image = arrival.image
        let counts =
            switch acceptance {
            // Of other kinds of machines, in precision `fast`, either picture will do.
            case .first, .supersedes, .same, .otherKind: true
            case .settled(let settlement): !settlement.odd.contains(members[node]!.ledgerNumber)
            case .different, .stillDisputed, .lateFailure: false
            }
        if counts, !files.isInPlace(image) {
            files.place(image)
            act(.keep(arrival))
        } else {
            act(.discard(arrival))
        }
        switch acceptance {
        // Which result will count is open again: the files of the one that wins come with the one that decides.
        case .different, .stillDisputed: removeFiles(of: [image])
        // They were lost, or removed for a dispute, and who has sent some now is in the wrong.
        case .settled where !files.isInPlace(image): evaluateAnew([image])
        default: break
        }
    }

    /// The files of images whose result does not count any more, or may not: they go behind the journal's word of that, and
    /// before anything is heard that could take their place.
    mutating func removeFiles(of images: [Int]) {
        guard !plan.artifactKinds.isEmpty, !images.isEmpty else { return }
        for image in images { files.leave(image) }
        act(.writeJournal(isSynced: false))
        act(.removeFiles(images: images))
    }

    /// Whether an event of a session holds results of images whose files are being removed.
    func waitsForRemovals(_ event: Heard) -> Bool {
        guard !plan.artifactKinds.isEmpty, case .results(_, let checked) = event else { return false }
        return checked.contains { files.isLeaving(Int($0.result.index)) }
    }

    mutating func filesRemoved(_ images: [Int]) {
        for image in images { files.hasLeft(image) }
        releaseAll()
    }
}
