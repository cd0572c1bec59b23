import Protocol

extension Conductor {
    /// Silence of a node that is not yet, or no longer, the schedule's to watch.
    private static let handshakeSilence: Microseconds = 15_000_000
    /// A dead node's connection is kept so long: it may only have been slow, and what it brings is work done.
    private static let deadConnection: Microseconds = 60_000_000

    func add(_ endpoint: Endpoint) {
        if var state = endpoints[endpoint.name] {
            // Named again: whatever was wrong with it may have been mended.
            state.isRemoved = false
            if state.phase == .closed {
                state.phase = .waiting(until: 0)
                state.refusal = nil
            }
            endpoints[endpoint.name] = state
            return
        }
        endpointOrder.append(endpoint.name)
        endpoints[endpoint.name] = EndpointState(
            endpoint: endpoint, phase: .waiting(until: 0), backoff: Backoff())
    }

    func refreshFleet(isForced: Bool, now: Microseconds) {
        guard let changes = fleetFiles?.refresh(isForced: isForced) else { return }
        for problem in changes.problems { reporter.note(.warning, "fleet file", problem) }
        for endpoint in changes.added {
            reporter.note(.info, "node added", "\(endpoint.name) was added", ["node.address": endpoint.name])
            add(endpoint)
        }
        for name in changes.removed {
            // What it is doing it may finish; it is only not sought again.
            reporter.note(
                .info, "node removed", "\(name) was removed: it will not be connected again", ["node.address": name])
            endpoints[name]?.isRemoved = true
            if case .waiting = endpoints[name]?.phase { endpoints[name]?.phase = .closed }
        }
    }

    func connectDue(_ now: Microseconds) {
        guard !schedule.isComplete, !isInterrupted else { return }
        for name in endpointOrder {
            guard case .waiting(let time) = endpoints[name]!.phase, time <= now else { continue }
            let id = nextSession
            nextSession += 1
            let link = endpoints[name]!.endpoint.connect { [mailbox] event in
                mailbox.post(.link(session: id, event))
            }
            sessions[id] = Session(
                endpoint: name, link: link, lastHeard: now, lastPing: now,
                stream: ByteStream(link: link, weightsPath: plan.weightsPath, image: plan.image))
            endpoints[name]!.phase = .connected(session: id)
        }
    }

    func pingAll(_ now: Microseconds) {
        for (id, session) in sessions where session.phase != .closing {
            if now - session.lastPing >= 1_000_000 {
                sessions[id]!.lastPing = now
                if session.phase != .connecting { session.link.send(.ping) }
            }
            let limit = session.node == nil ? Conductor.handshakeSilence : Conductor.deadConnection
            if now - session.lastHeard > limit { close(id, reason: "silent for \(limit / 1_000_000) s") }
        }
    }

    /// Ends a connection from here; its endpoint is tried again unless `refusal` says otherwise.
    func close(_ id: Int, reason: String, refusal: EndpointState.Refusal? = nil) {
        guard let session = sessions[id], session.phase != .closing else { return }
        let node = session.node
        sessions[id]!.phase = .closing
        endpoints[session.endpoint]?.reason = reason
        if let refusal { endpoints[session.endpoint]?.refusal = refusal }
        session.link.close()
        if let node, members[node]?.session == id {
            members[node]!.session = nil
            members[node]!.reason = reason
            perform(schedule.lost(node: node, now: Conductor.now()))
        }
    }

    func handle(_ event: LinkEvent<NodeMessage>, session id: Int, now: Microseconds) {
        guard var session = sessions[id] else { return }
        switch event {
        case .opened:
            guard session.phase == .connecting else { return }
            everOpened = true
            session.lastHeard = now
            session.phase = .preparing
            sessions[id] = session
            session.link.send(.job(plan.job))
        case .message(let message):
            sessions[id]!.lastHeard = now
            guard session.phase != .closing else { return }
            if let node = session.node { perform(schedule.heard(node: node, now: now)) }
            handle(message, session: id, now: now)
        case .drained: session.stream.drained()
        case .closed(let closure): closed(closure, session: id, now: now)
        }
    }

    /// Without the address, which stands before it wherever it is said.
    private static func reason(_ closure: LinkClosure, of endpoint: String) -> String {
        closure.description.replacing("\(endpoint): ", with: "").replacing("\(endpoint) (", with: "(")
    }

    private func closed(_ closure: LinkClosure, session id: Int, now: Microseconds) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        let name = session.endpoint
        var state = endpoints[name]!
        if session.phase != .closing {
            state.reason = session.isLeaving ? state.reason ?? "it left" : Self.reason(closure, of: name)
            if case .refused = closure { state.refusal = .key }
            if state.reason != state.reportedReason {
                state.reportedReason = state.reason
                reporter.note(
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
            let isFinal = state.refusal != nil || state.isRemoved || !state.endpoint.reconnects
            state.phase =
                isFinal ? .closed : .waiting(until: now + state.backoff.failed(using: &generator).microseconds)
        }
        endpoints[name] = state
    }
}
