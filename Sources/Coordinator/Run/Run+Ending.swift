// Whether the run is over, and how.

extension Run {
    private var wait: Microseconds { Microseconds(plan.waitSeconds * 1e6) }

    mutating func decideEnding(after event: RunEvent) {
        guard ending == nil else { return }
        if plan.isDryRun { return decideDryRun() }
        if schedule.isComplete {
            let since = completedAt ?? now
            completedAt = since
            if schedule.isQuiet(at: now) || now - since > plan.limits.lastComparisons { end(.complete) }
            return
        }
        completedAt = nil
        if isInterrupted, schedule.isQuiet(at: now) { return end(.interrupted) }
        if schedule.remaining == 0 { return decideWithoutVerifiers() }
        lastVerifier = now
        // A walk over all connections, which only these can change.
        switch event {
        case .tick, .fleet, .heard(_, .other(.closed)), .heard(_, .other(.message(.refused))),
            .heard(_, .other(.message(.ready))):
            decideHope()
        default: break
        }
    }

    /// Every image has a result, and some await a second one: of a node that is there, or that may still come.
    private mutating func decideWithoutVerifiers() {
        if schedule.canVerify {
            lastVerifier = now
        } else if now - lastVerifier > wait {
            end(.complete)
        } else if !saidUnverified {
            saidUnverified = true
            let count = schedule.unverified
            let whom = schedule.disputed == count ? "a third" : "a second"
            note(
                .warning, "no further node",
                "\(count) image\(count == 1 ? " awaits its" : "s await their") evaluation by \(whom) node, and there is none: "
                    + "waiting for one, \(Int(plan.waitSeconds)) s at most")
        }
    }

    /// Whether anybody is there, or may still come, who can go on. What nodes say of themselves is not believed for ever:
    /// only who brings results, or has not had the time to, is hope.
    private mutating func decideHope() {
        if sessions.values.contains(where: { isHope($0) }) { lastHope = now }
        // Where nobody can come any more, nothing is waited for.
        let isHopeless = endpoints.values.allSatisfy { isRefused($0) } && !plan.mayGrow
        // Within the time that its lease may take, a node is not left.
        let isAtWork = schedule.leases.values.contains { !$0.isLost && $0.start != nil }
        guard isHopeless || now - lastHope > wait && !isAtWork else {
            tellRefused()
            return
        }
        end(verdict(reasons(orElse: "no node is known")))
    }

    /// Once: that nobody who is known will take part, and that others are waited for.
    private mutating func tellRefused() {
        guard !saidRefused, !endpoints.isEmpty, endpoints.values.allSatisfy({ isRefused($0) }) else { return }
        saidRefused = true
        note(
            .warning, "all refused",
            "no node that is known can take part: waiting for others, or for a change, \(Int(plan.waitSeconds)) s at most"
        )
    }

    private func isHope(_ session: Session) -> Bool {
        switch session.phase {
        case .connecting, .closing: return false
        case .preparing:
            return endpoints[session.endpoint]!.inVainSince.map { now - $0 < plan.limits.preparing } ?? true
        case .working(let number):
            let node = schedule.nodes[number]
            guard node.fruitless < plan.policy.fruitlessLeases else { return false }
            return switch node.state {
            case .live, .suspect: true
            case .leaving: !node.leases.isEmpty
            case .dead, .gone, .evicted: false
            }
        }
    }

    private func reasons(orElse none: String) -> String {
        let reasons = endpointOrder.lazy.compactMap { [self] name in reason(of: name).map { "\(name): \($0)" } }
        let first = Array(reasons.prefix(5))
        return first.isEmpty ? none : first.joined(separator: "; ")
    }

    /// Why the node there takes no part: what went wrong last, or what it was still at.
    private func reason(of name: String) -> String? {
        guard let state = endpoints[name] else { return nil }
        guard state.reason == nil, case .connected(let id) = state.phase, let session = sessions[id] else {
            return state.reason
        }
        switch session.phase {
        case .connecting: return "no answer yet"
        case .preparing: return "it was still preparing the job"
        case .working(let node): return schedule.nodes[node].state == .live ? nil : "it is silent"
        case .closing: return nil
        }
    }

    /// Which of the endings without nodes it is.
    private func verdict(_ reason: String) -> RunEnding {
        if everWorked { return .tooFewNodes(reason: reason) }
        let refusals = endpoints.values.compactMap(\.refusal)
        guard !refusals.isEmpty else { return .unreachable(reason: reason) }
        if refusals.contains(.job) { return .jobRefused(reason: reason) }
        return refusals.contains(.device) ? .deviceRefused(reason: reason) : .refused(reason: reason)
    }

    private mutating func decideDryRun() {
        let undecided = endpoints.values.contains { state in
            switch state.phase {
            case .closed: false
            case .waiting: state.reason == nil
            case .connected(let session): sessions[session]?.node == nil
            }
        }
        if !undecided, !endpoints.isEmpty || now - start > 2_000_000 {
            let ready = sessions.values.filter { $0.node != nil }.count
            decideDryRun(ready: ready, reasons(orElse: "no node is known"))
        } else if now - start > wait {
            let ready = sessions.values.filter { $0.node != nil }.count
            decideDryRun(ready: ready, "not every node answered within \(Int(plan.waitSeconds)) s")
        }
    }

    /// A run goes on with the nodes that it has: so it is fit to begin where there is one. Why others are not was said.
    private mutating func decideDryRun(ready: Int, _ reason: String) {
        guard ready > 0 else { return end(verdict(reason)) }
        if ready < endpoints.count {
            note(
                .warning, "nodes missing", "\(ready) of \(endpoints.count) nodes are ready: \(reason)",
                ["reason": reason])
        }
        end(.complete)
    }
}
