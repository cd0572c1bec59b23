import Protocol

// One connection: how long it may be silent, and what its end means.

extension Run {
    /// Silence of a node that is not yet, or no longer, the schedule's to watch.
    private static let handshakeSilence: Microseconds = 15_000_000
    /// A dead node's connection is kept so long: it may only have been slow, and what it brings is work done.
    private static let deadConnection: Microseconds = 60_000_000

    mutating func watchSessions() {
        for id in sessions.keys.sorted() {
            guard let session = sessions[id], session.phase != .closing else { continue }
            if now - session.lastPing >= 1_000_000 {
                sessions[id]!.lastPing = now
                if session.phase != .connecting { act(.send(session: id, .ping)) }
            }
            let limit = session.node == nil ? Run.handshakeSilence : Run.deadConnection
            if now - session.lastHeard > limit { close(id, reason: "silent for \(limit / 1_000_000) s") }
        }
    }

    /// The handshake is done: the node gets its job.
    mutating func opened(session id: Int) {
        guard sessions[id]!.phase == .connecting else { return }
        sessions[id]!.lastHeard = now
        sessions[id]!.phase = .preparing
        act(.send(session: id, .job(plan.job)))
    }

    /// Ends a connection from here; its endpoint is tried again unless `refusal` says otherwise.
    mutating func close(_ id: Int, reason: String, refusal: EndpointState.Refusal? = nil) {
        guard let session = sessions[id], session.phase != .closing else { return }
        let node = session.node
        sessions[id]!.phase = .closing
        endpoints[session.endpoint]?.reason = reason
        if let refusal { endpoints[session.endpoint]?.refusal = refusal }
        act(.close(session: id))
        if let node, members[node]?.session == id {
            members[node]!.session = nil
            members[node]!.reason = reason
            perform(schedule.lost(node: node, now: now))
        }
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
        guard let session = sessions.removeValue(forKey: id) else { return }
        let name = session.endpoint
        var state = endpoints[name]!
        if session.phase != .closing {
            state.reason = session.isLeaving ? state.reason ?? "it left" : Self.reason(closure, of: name)
            if case .refused = closure { state.refusal = .key }
            if state.reason != state.reportedReason {
                state.reportedReason = state.reason
                note(
                    session.isLeaving ? .info : .warning, "connection closed", "\(name): \(state.reason!)",
                    ["node.address": name, "reason": state.reason!])
            }
        }
        if let node = session.node, members[node]?.session == id {
            members[node]!.session = nil
            members[node]!.reason = state.reason
            perform(schedule.lost(node: node, now: now))
        }
        if state.phase == .connected(session: id) {
            let isFinal = state.refusal != nil || state.isRemoved || !state.facts.reconnects
            state.phase =
                isFinal ? .closed : .waiting(until: now + state.backoff.failed(using: &generator).microseconds)
        }
        endpoints[name] = state
    }

    /// Without the address, which stands before it wherever it is said.
    private static func reason(_ closure: LinkClosure, of endpoint: String) -> String {
        closure.description.replacing("\(endpoint): ", with: "").replacing("\(endpoint) (", with: "(")
    }
}
