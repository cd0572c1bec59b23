import Protocol

// The way of one message: it is heard, kept where it has to wait, and then means something.

extension Run {
    mutating func hear(_ event: Heard, session id: Int) {
        guard let session = sessions[id] else { return }
        if event.isMessage {
            sessions[id]!.lastHeard = now
            // What was on its way when we closed says nothing any more.
            guard session.phase != .closing else { return }
            if let node = session.node { perform(schedule.heard(node: node, now: now)) }
        }
        if !hold(event, session: id) { take(event, session: id) }
    }

    /// An event whose turn has come.
    mutating func take(_ event: Heard, session id: Int) {
        switch event {
        case .results(let lease, let results):
            guard let session = sessions[id], session.phase != .closing else { return }
            guard let node = session.node else { return outOfProtocol(id, "results before its job") }
            take(results, lease: lease, node: node, session: id)
        case .other(.opened): opened(session: id)
        case .other(.message(let message)):
            guard let session = sessions[id], session.phase != .closing else { return }
            take(message, session: id)
        case .other(.drained): break
        case .other(.closed(let closure)): closed(closure, session: id)
        }
    }

    private mutating func take(_ message: NodeMessage, session id: Int) {
        let session = sessions[id]!
        switch message {
        case .ready(let description):
            guard session.phase == .preparing, session.introduction == nil else {
                return outOfProtocol(id, "a second answer to its job")
            }
            join(description, session: id)
        case .refused(let refusal):
            guard session.phase == .preparing, session.introduction == nil else {
                return outOfProtocol(id, "a refusal of a job it has")
            }
            refused(refusal, session: id)
        case .heartbeat: break
        // Heard as what they are.
        case .results: preconditionFailure("results are checked before they are heard")
        case .artifact(let chunk): take(chunk, session: id)
        case .leaseDone(let lease):
            guard let node = session.node else { return outOfProtocol(id, "the end of a lease before its job") }
            timeline.ended(lease: lease, node: node, now: now)
            perform(schedule.ended(lease: lease, node: node, now: now))
            act(.writeJournal(isSynced: false))
        case .wantImage(let index):
            guard manifest.entries.indices.contains(Int(index)) else {
                return outOfProtocol(id, "a wish for image \(index) of \(manifest.entries.count)")
            }
            act(.sendImage(session: id, index: index))
        case .wantWeights(let offset, let bytes): wantsWeights(from: offset, bytes: bytes, session: id)
        case .leaving(let reason):
            guard !session.isLeaving else { return outOfProtocol(id, "a second word that it leaves") }
            leaves(reason, session: id)
        case .failed(let reason): failed(reason, session: id)
        case .goodbye: sessions[id]!.isLeaving = true
        case .status: outOfProtocol(id, "a status that nobody asked for")
        }
    }

    /// A fault that the node outlives; it ends the connection.
    private mutating func failed(_ reason: String, session id: Int) {
        let session = sessions[id]!
        note(
            .error, "node failed", "\(session.endpoint): failed: \(reason)",
            ["node.address": session.endpoint, "reason": reason])
        if let node = session.node { perform(schedule.faulted(node: node, reason: reason, now: now)) }
        close(id, reason: "failed: \(reason)", refusal: session.node == nil ? .device : nil)
    }

    private mutating func leaves(_ reason: String, session id: Int) {
        let session = sessions[id]!
        sessions[id]!.isLeaving = true
        endpoints[session.endpoint]!.reason = reason
        note(
            .info, "node leaves", "\(session.endpoint): leaves: \(reason)",
            ["node.address": session.endpoint, "reason": reason])
        guard let node = session.node else { return }
        members[node]!.reason = reason
        perform(schedule.leaving(node: node, now: now))
    }
}
