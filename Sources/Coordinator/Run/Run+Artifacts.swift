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
            pictures.begin(.init(artifact), by: node, lease: chunk.lease, session: id)
            act(.store(session: id, artifact.kind, image: Int(artifact.index), bytes: artifact.bytes))
        } catch {
            outOfProtocol(id, error.description)
        }
    }

    /// Whether the files of an image came with its result.
    mutating func hasFiles(of index: UInt32, lease: UInt64, node: Int) -> Bool {
        guard !plan.artifactKinds.isEmpty else { return true }
        guard let id = members[node]?.session, sessions[id] != nil else { return false }
        return sessions[id]!.reception.take(index, lease: lease) == plan.artifactKinds
    }
    /// Images that count, with a picture whose result will not come any more: its node was lost or failed there. Nobody
    /// knows of what it is, so they are evaluated anew.
    mutating func redoLostPictures() {
        redoPictures(
            of: pictures.unheard { image, maker in
                schedule.state(of: image) == .done
                    && !schedule.expects(image: image, lease: maker.lease, node: maker.node)
            })
    }

    /// Images that count, with a picture whose result has not come.
    var unheardPictures: [Int] { pictures.unheard { image, _ in schedule.state(of: image) == .done } }

    mutating func redoPictures(of images: [Int]) {
        for image in images { pictures.forget(image: image) }
        evaluateAnew(images)
    }

    /// A node's result has come: what that says of the picture that lies there.
    mutating func judgePictures(of image: Int, node: Int, _ acceptance: Acceptance) {
        guard !plan.artifactKinds.isEmpty else { return }
        switch acceptance {
        // Of other kinds of machines, in precision `fast`, either picture will do.
        case .same, .otherKind: pictures.agreed(image: image, node: node)
        case .first, .supersedes:
            // What it had sent was removed when the image was given up.
            guard pictures.makers(of: image).count == plan.artifactKinds.count else {
                return redoPictures(of: [image])
            }
            pictures.agreed(image: image, node: node)
        case .different, .stillDisputed: pictures.differed(image: image, node: node)
        case .settled(let settlement):
            let isOdd = { [members] (number: Int) in
                members[number].map { settlement.odd.contains($0.ledgerNumber) } ?? false
            }
            if isOdd(node) { pictures.differed(image: image, node: node) }
            let makers = pictures.makers(of: image)
            for maker in makers where maker.node == node || maker.isHeard {
                if isOdd(maker.node) { return redoPictures(of: [image]) }
                pictures.agreed(image: image, node: maker.node)
            }
        case .lateFailure: break
        }
    }
}
