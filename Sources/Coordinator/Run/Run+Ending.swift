// Whether the run is over, and how.

extension Run {
    /// Results that come within this time after the last image still are compared.
    private static let lastComparisons: Microseconds = 1_000_000

    private var wait: Microseconds { Microseconds(plan.waitSeconds * 1e6) }

    mutating func decideEnding() {
        guard ending == nil else { return }
        if plan.isDryRun { return decideDryRun() }
        if schedule.isComplete {
            let since = completedAt ?? now
            completedAt = since
            if schedule.isQuiet || now - since > Run.lastComparisons { end(.complete) }
            return
        }
        if isInterrupted, schedule.isQuiet { return end(.interrupted) }
        if schedule.remaining == 0 { return decideWithoutVerifiers() }
        lastVerifier = now
        if sessions.values.contains(where: { $0.node != nil }) { lastMember = now }
        decideWithoutNodes()
    }

    /// Every image has a result, and some await a second one: of a node that is there, or that may still come.
    private mutating func decideWithoutVerifiers() {
        if schedule.canVerify {
            lastVerifier = now
        } else if now - lastVerifier > wait {
            end(.complete)
        } else if !saidUnverified {
            saidUnverified = true
            note(
                .warning, "no second node",
                "\(schedule.unverified) images await their evaluation by a second node, and there is none: waiting for one, "
                    + "\(Int(plan.waitSeconds)) s at most")
        }
    }

    private mutating func decideWithoutNodes() {
        let isHopeless = endpoints.values.allSatisfy { $0.phase == .closed } && (!plan.mayGrow || !endpoints.isEmpty)
        let isPatient =
            now - lastMember <= wait || sessions.values.contains { $0.node != nil || $0.phase == .preparing }
        guard isHopeless || !isPatient else { return }
        let reasons = endpointOrder.lazy.compactMap { [endpoints] name in
            endpoints[name]?.reason.map { "\(name): \($0)" }
        }
        end(verdict(reasons.isEmpty ? "no node is known" : reasons.prefix(5).joined(separator: "; ")))
    }

    /// Which of the endings without nodes it is.
    private func verdict(_ reason: String) -> RunEnding {
        if everWorked { return .tooFewNodes(reason: reason) }
        let refusals = endpoints.values.compactMap(\.refusal)
        guard !refusals.isEmpty else { return .unreachable(reason: reason) }
        return refusals.contains(.job) ? .jobRefused(reason: reason) : .refused(reason: reason)
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
            let reasons = endpointOrder.compactMap { name in endpoints[name]?.reason.map { "\(name): \($0)" } }
            decideDryRun(ready: ready, reasons.joined(separator: "; "))
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
