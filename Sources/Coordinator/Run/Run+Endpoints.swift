// Whom to try to reach, and when.

extension Run {
    mutating func add(_ endpoint: EndpointFacts) {
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
        endpoints[endpoint.name] = EndpointState(facts: endpoint, phase: .waiting(until: 0), backoff: Backoff())
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

    mutating func connectDue() {
        guard !schedule.isComplete, !isInterrupted else { return }
        for name in endpointOrder {
            guard case .waiting(let time) = endpoints[name]!.phase, time <= now else { continue }
            let id = nextSession
            nextSession += 1
            sessions[id] = Session(endpoint: name, lastHeard: now, lastPing: now)
            endpoints[name]!.phase = .connected(session: id)
            act(.connect(session: id, endpoint: name))
        }
    }
}
