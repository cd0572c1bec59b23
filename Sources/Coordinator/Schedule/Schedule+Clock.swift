extension Schedule {
    /// Time passes. To be called several times a second, whatever else happens.
    public mutating func tick(now: Microseconds) -> [Action] {
        if let lastTick, now - lastTick > policy.stall { forgiveGap(now - lastTick, now: now) }
        lastTick = now
        var actions: [Action] = []
        for number in nodes.indices { actions += checkSilence(number, now: now) }
        // Only when all who are silent are known: none of them is to get what the others lose.
        if actions.contains(where: \.isLoss) { actions += assign(now: now) }
        for number in overdue(now: now) { actions += missDeadline(number, now: now) }
        actions += evictFruitless(now: now)
        if !isStopped { actions += shortenTail(now: now) }
        // What one node did, or lost, may be for another one that has nothing to do.
        if !verification.waiting.isEmpty || !losses.isEmpty { actions += assign(now: now) }
        return actions + settle(now: now)
    }

    /// The coordinator itself stood still and heard nobody: that is no silence of theirs.
    private mutating func forgiveGap(_ gap: Microseconds, now: Microseconds) {
        for number in nodes.indices { nodes[number].lastHeard = min(now, nodes[number].lastHeard + gap) }
        for id in leases.keys { extendDeadline(of: id, by: gap, now: now) }
    }

    /// Time in which nothing could be heard does not count against a lease.
    mutating func extendDeadline(of id: UInt64, by time: Microseconds, now: Microseconds) {
        guard let lease = leases[id], let deadline = lease.deadline else { return }
        leases[id]!.deadline = min(now + lease.allowance, deadline + time)
    }

    private mutating func checkSilence(_ number: Int, now: Microseconds) -> [Action] {
        let silence = now - nodes[number].lastHeard
        switch nodes[number].state {
        case .live where silence >= policy.suspectAfter:
            leaveTotal(number)
            nodes[number].state = .suspect
            return [.stateChanged(node: number, .suspect)]
        case .suspect where silence >= policy.deadAfter:
            nodes[number].state = .dead
            return [.stateChanged(node: number, .dead)] + takeBack(node: number)
        case .leaving where silence >= policy.deadAfter:
            return lose(node: number, now: now) + [.disconnect(node: number, reason: "silent while leaving")]
        default: return []
        }
    }

    /// Nodes whose heartbeat goes on while the lease that they run does not.
    private func overdue(now: Microseconds) -> [Int] {
        var found: Set<Int> = []
        for lease in leases.values {
            guard let deadline = lease.deadline, now > deadline else { continue }
            if [.live, .leaving].contains(nodes[lease.node].state) { found.insert(lease.node) }
        }
        return found.sorted()
    }

    private mutating func missDeadline(_ number: Int, now: Microseconds) -> [Action] {
        nodes[number].missedDeadlines += 1
        let reason = "no result for too long, though its heartbeat goes on: its device hangs"
        if nodes[number].missedDeadlines >= policy.missedDeadlines {
            return evict(node: number, reason: reason, counting: true, now: now)
        }
        let actions = lose(node: number, now: now)
        // Perhaps it only was taken for faster than it is: it begins anew, with small leases and much time.
        nodes[number].rate = 0
        return actions + [.disconnect(node: number, reason: reason)] + assign(now: now)
    }
}

extension Schedule.Action {
    /// A node has lost its leases.
    fileprivate var isLoss: Bool {
        switch self {
        case .stateChanged(_, .dead), .stateChanged(_, .gone): true
        default: false
        }
    }
}
