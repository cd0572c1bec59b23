import Protocol

// A result counts only when the files of its image are on the disk, its own copy was read and nothing of an earlier
// result lies there: what a node says after a file waits for that.

extension Run {
    /// Whether an event has to wait: for files that came before it, for the digests of the own copies, or behind another
    /// one that waits. Then it is kept.
    mutating func hold(_ event: Heard, session id: Int) -> Bool {
        let session = sessions[id]!
        guard session.phase != .closing else { return false }
        let waits = waitsForOwnFiles(event, session: session) || waitsForRemovals(event)
        guard waits || session.unwritten > 0 || !session.held.isEmpty else { return false }
        // That the own disk is slow is no silence of the node's, of whose lease these results are then.
        if waits, case .results(let lease, _) = event { schedule.progressed(lease: lease, now: now) }
        switch event {
        case .results, .other(.message(.leaseDone)), .other(.message(.leaving)), .other(.message(.failed)),
            .other(.message(.goodbye)), .other(.closed):
            break
        case .other: return false
        }
        guard isWithinBounds(event, session: id) else {
            outOfProtocol(id, "more than its leases can bring")
            return true
        }
        sessions[id]!.held.append((event, session.unwritten))
        return true
    }

    /// What is kept is bounded by what the node was asked for: each image once, and a word or two for each lease.
    private mutating func isWithinBounds(_ event: Heard, session id: Int) -> Bool {
        let session = sessions[id]!
        guard case .results(let lease, let checked) = event, let node = session.node else {
            return session.held.count <= session.heldResults.count + Run.mostHeldWords
        }
        for result in checked.lazy.map(\.result) {
            guard schedule.expects(image: Int(result.index), lease: lease, node: node),
                sessions[id]!.heldResults.insert(.init(lease: lease, image: result.index)).inserted
            else { return false }
        }
        return !checked.isEmpty || session.held.count <= session.heldResults.count + Run.mostHeldWords
    }

    private static let mostHeldWords = 64

    /// A file is on the disk: the node may send more, and what it said behind the file is heard.
    mutating func stored(bytes: Int, session id: Int) {
        guard sessions[id] != nil else { return }
        sessions[id]!.unwritten -= 1
        sessions[id]!.reception.wasStored(bytes: bytes)
        if sessions[id]!.phase != .closing {
            act(.send(session: id, .artifactsStored(bytes: sessions[id]!.reception.stored)))
        }
        for place in sessions[id]!.held.indices { sessions[id]!.held[place].files -= 1 }
        release(session: id)
    }

    /// The coordinator's own copy of an image was read: results that waited for it are heard.
    mutating func ownFile(_ image: Int, _ copy: OwnCopy?) {
        ownFiles[image] = .known(copy)
        releaseAll()
    }

    mutating func releaseAll() {
        for id in sessions.keys.sorted() where sessions[id]?.held.isEmpty == false { release(session: id) }
    }

    /// Hears what was kept, as far as what it waited for is there.
    private mutating func release(session id: Int) {
        while ending == nil, let session = sessions[id], let first = session.held.first, first.files <= 0,
            !waitsForOwnFiles(first.event, session: session), !waitsForRemovals(first.event)
        {
            sessions[id]!.held.removeFirst()
            if case .results(let lease, let checked) = first.event {
                for one in checked { sessions[id]!.heldResults.remove(.init(lease: lease, image: one.result.index)) }
            }
            take(first.event, session: id)
        }
    }
}
