import Bytes

// Whom to try to reach, and when.

extension Run {
    mutating func add(_ endpoint: EndpointFacts) {
        lastHope = now
        guard var state = endpoints[endpoint.name] else {
            endpointOrder.append(endpoint.name)
            endpoints[endpoint.name] = EndpointState(endpoint)
            return
        }
        // Named again: whatever was wrong with it may have been mended.
        state.isRemoved = false
        (state.refusals, state.inVainSince) = (0, nil)
        if state.phase == .closed { state.refusal = nil }
        if case .connected = state.phase {} else { state.phase = .waiting(until: now) }
        endpoints[endpoint.name] = state
    }

    mutating func changeFleet(_ change: FleetChange) {
        for problem in change.problems { note(.warning, "fleet file", problem) }
        for endpoint in change.added {
            note(.info, "node added", "\(endpoint.name) was added", ["node.address": endpoint.name])
            add(endpoint)
        }
        for name in change.removed {
            // What it is doing it may finish; it is only not sought again.
            note(.info, "node removed", "\(name) was removed: it will not be connected again", ["node.address": name])
            endpoints[name]?.isRemoved = true
            if case .waiting = endpoints[name]?.phase { endpoints[name]?.phase = .closed }
        }
    }

    /// A person says that something has changed: nobody waits any longer.
    mutating func tryAllAgain() {
        for name in endpointOrder {
            guard case .waiting = endpoints[name]!.phase else { continue }
            endpoints[name]!.phase = .waiting(until: now)
            (endpoints[name]!.refusals, endpoints[name]!.inVainSince) = (0, nil)
        }
    }

    /// Nodes that have a name or a device of somebody who is silent or gone take that one's place as soon as it is known.
    mutating func tryRivals(of name: String) {
        for endpoint in endpointOrder where endpoints[endpoint]!.rival == name {
            guard case .waiting = endpoints[endpoint]!.phase else { continue }
            endpoints[endpoint]!.phase = .waiting(until: now)
        }
    }

    mutating func connectDue() {
        guard !schedule.isComplete, !isInterrupted else { return }
        for name in endpointOrder {
            guard case .waiting(let time) = endpoints[name]!.phase, time <= now else { continue }
            let id = nextSession
            nextSession += 1
            sessions[id] = Session(endpoint: name, now: now)
            endpoints[name]!.phase = .connected(session: id)
            act(.connect(session: id, endpoint: name))
        }
    }

    /// Whether nothing is to be hoped for from there unless a person changes something.
    func isRefused(_ state: EndpointState) -> Bool {
        state.phase == .closed || state.refusal != nil && state.refusals >= plan.limits.believedRefusals
    }

    /// What becomes of an endpoint whose connection has ended.
    mutating func disconnected(_ name: String, session id: Int) {
        guard var state = endpoints[name], state.phase == .connected(session: id) else { return }
        let wait = state.backoff.failed(using: &generator).microseconds
        let fruitless = state.member.map { schedule.nodes[$0].fruitless } ?? 0
        if state.refusal == .evicted || state.isRemoved || !state.facts.reconnects {
            state.phase = .closed
        } else if isRefused(state) {
            state.phase = .waiting(until: now + plan.limits.refusedAgain)
        } else if fruitless >= plan.policy.fruitlessLeases {
            let doubled = wait << min(fruitless - plan.policy.fruitlessLeases, 10)
            state.phase = .waiting(until: now + min(plan.limits.fruitlessAgain, doubled))
        } else {
            state.phase = .waiting(until: now + wait)
        }
        endpoints[name] = state
    }
}
