import Protocol

// One connection: how long each of its phases may last, and what its end means.

extension Run {
    mutating func watchSessions() {
        for id in sessions.keys.sorted() {
            guard let session = sessions[id], session.phase != .closing else { continue }
            if now - session.lastPing >= 1_000_000 {
                sessions[id]!.lastPing = now
                if session.phase != .connecting { act(.send(session: id, .ping)) }
            }
            let limit = session.node == nil ? plan.limits.handshakeSilence : plan.limits.deadConnection
            if now - session.lastHeard > limit {
                let reason = "silent for \(limit / 1_000_000) s"
                tellClosed(session.endpoint, reason, .warning)
                close(id, reason: reason)
            } else if session.phase == .preparing, session.introduction == nil, now > session.prepareLimit {
                endpoints[session.endpoint]!.inVainSince = now - plan.limits.preparing
                let reason = "it prepares for longer than that can take: its device or its disk hangs"
                note(
                    .error, "node hangs", "\(session.endpoint): \(reason)",
                    ["node.address": session.endpoint, "reason": reason])
                close(id, reason: reason)
            }
        }
    }

    /// The handshake is done: the node gets its job.
    mutating func opened(session id: Int) {
        guard sessions[id]!.phase == .connecting else { return }
        sessions[id]!.lastHeard = now
        sessions[id]!.phase = .preparing
        sessions[id]!.prepareLimit =
            now + plan.limits.preparing + Run.time(for: plan.job.weightsBytes, plan.limits.readBytesASecond)
        let name = sessions[id]!.endpoint
        // What was wrong before it answered says nothing about what it does now, unless it did answer and hung.
        if endpoints[name]!.refusal == nil, endpoints[name]!.inVainSince == nil { endpoints[name]!.reason = nil }
        act(.send(session: id, .job(plan.job)))
    }

    private static func time(for bytes: UInt64, _ rate: Int) -> Microseconds {
        Microseconds(min(bytes, 1 << 50)) * 1_000_000 / Microseconds(rate)
    }

    /// The node asks for the next bytes of the weights: preparing may take as long as the rest of them.
    mutating func wantsWeights(from offset: UInt64, bytes: UInt64, session id: Int) {
        let session = sessions[id]!
        if session.node != nil, let ahead = plan.weightsAhead, offset <= ahead.bytes, bytes <= ahead.bytes - offset {
            return act(.sendWeightsAhead(session: id, offset..<(offset + bytes)))
        }
        let total = plan.job.weightsBytes
        guard session.phase == .preparing, offset <= total, bytes <= total - offset else {
            return outOfProtocol(id, "a wish for \(bytes) bytes of the weights at \(offset) of \(total)")
        }
        if session.wantedOffset.map({ offset > $0 }) ?? true {
            sessions[id]!.wantedOffset = offset
            let rest = plan.job.weightsBytes - offset
            sessions[id]!.prepareLimit = now + plan.limits.preparing + Run.time(for: rest, plan.limits.sentBytesASecond)
        }
        act(.sendWeights(session: id, offset..<(offset + bytes)))
    }

    /// Ends a connection from here; its endpoint is tried again unless `refusal` says otherwise.
    mutating func close(_ id: Int, reason: String, refusal: EndpointState.Refusal? = nil) {
        guard let session = sessions[id], session.phase != .closing else { return }
        let node = session.node
        if session.phase == .preparing { preparedInVain(session.endpoint) }
        sessions[id]!.phase = .closing
        sessions[id]!.introduction = nil
        refuse(session.endpoint, refusal, reason)
        act(.close(session: id))
        if let node, members[node]?.session == id {
            members[node]!.session = nil
            members[node]!.reason = reason
            perform(schedule.lost(node: node, now: now))
        }
    }

    private mutating func preparedInVain(_ endpoint: String) {
        if endpoints[endpoint]!.inVainSince == nil { endpoints[endpoint]!.inVainSince = now }
    }

    private mutating func refuse(_ endpoint: String, _ refusal: EndpointState.Refusal?, _ reason: String) {
        endpoints[endpoint]!.reason = reason
        guard let refusal else { return }
        endpoints[endpoint]!.refusal = refusal
        // It was said by a node that has proved the key, or decided here.
        endpoints[endpoint]!.refusals = plan.limits.believedRefusals
    }

    /// A peer that breaks the protocol is not talked to again.
    mutating func outOfProtocol(_ id: Int, _ what: String) {
        let name = sessions[id]!.endpoint
        note(
            .error, "out of protocol", "\(name): sent \(what): it takes no further part",
            ["node.address": name, "reason": what])
        if let node = sessions[id]!.node {
            perform(schedule.evict(node: node, reason: "sent \(what)", now: now))
        } else {
            close(id, reason: "sent \(what)", refusal: .evicted)
        }
    }

    /// The last event of a connection.
    mutating func closed(_ closure: LinkClosure, session id: Int) {
        guard let session = sessions[id] else { return }
        if session.phase != .closing { ended(session, id, by: closure) }
        sessions[id] = nil
        if !plan.artifactKinds.isEmpty { act(.discardAll(session: id)) }
        disconnected(session.endpoint, session: id)
    }

    /// A connection that was not ended from here.
    private mutating func ended(_ session: Session, _ id: Int, by closure: LinkClosure) {
        let name = session.endpoint
        if case .outOfProtocol(let what) = closure, session.phase != .connecting { return outOfProtocol(id, what) }
        let reason =
            session.isLeaving ? endpoints[name]!.reason ?? "it left" : Self.reason(closure, of: name)
        endpoints[name]!.reason = reason
        if session.phase == .preparing { preparedInVain(name) }
        switch closure.retry {
        case .soon:
            endpoints[name]!.refusal = nil
            endpoints[name]!.refusals = 0
        case .rarely:
            // Nobody has proved this: it is believed when it is said again and again.
            endpoints[name]!.refusal = .key
            endpoints[name]!.refusals += 1
        case .never: refuse(name, .key, reason)
        }
        tellClosed(name, reason, session.isLeaving ? .info : .warning)
        sessions[id]!.phase = .closing
        guard let node = session.node, members[node]?.session == id else { return }
        members[node]!.session = nil
        members[node]!.reason = reason
        perform(schedule.lost(node: node, now: now))
        tellFruitless(node, at: name)
    }

    /// Once, as long as it is the same.
    private mutating func tellClosed(_ name: String, _ reason: String, _ level: NoteLevel) {
        guard reason != endpoints[name]!.reportedReason else { return }
        endpoints[name]!.reportedReason = reason
        note(level, "connection closed", "\(name): \(reason)", ["node.address": name, "reason": reason])
    }

    /// Once, when a node begins to look like one that loses whatever it is given.
    private mutating func tellFruitless(_ node: Int, at name: String) {
        let count = schedule.nodes[node].fruitless
        guard count >= plan.policy.fruitlessLeases, schedule.nodes[node].state != .evicted else { return }
        let reason = "it was lost with \(count) leases in a row, and not one result between them"
        endpoints[name]!.reason = reason
        guard count == plan.policy.fruitlessLeases else { return }
        note(
            .error, "node is fruitless", "\(name): \(reason): it is tried less and less often",
            ["node.address": name, "reason": reason])
    }

    /// Without the address, which stands before it wherever it is said.
    private static func reason(_ closure: LinkClosure, of endpoint: String) -> String {
        closure.description.replacing("\(endpoint): ", with: "").replacing("\(endpoint) (", with: "(")
    }
}
