extension Schedule {
    /// A node has prepared the job and takes leases from now on. Gives its number, the same each time it comes back.
    ///
    /// A node that comes back as the same process was never dead: what was counted against its images is taken back.
    /// - Parameter place: where it was met. One that was evicted does not come back there; elsewhere the name may be
    ///   another node's, whose place the evicted one had taken.
    /// - Throws: for an evicted node, and for a second one of the same name while the first is heard of.
    public mutating func join(
        name: String, instance: UInt64, place: String = "", batch: Int, now: Microseconds
    ) throws(JoinRefusal) -> (node: Int, actions: [Action]) {
        var actions: [Action] = []
        let number: Int
        if let known = nodeByName[name], nodes[known].state != .evicted || nodes[known].place == place {
            number = known
            switch nodes[known].state {
            case .evicted: throw .evicted(name: name)
            case .live, .leaving:
                guard nodes[known].instance == instance else { throw .duplicate(name: name) }
                actions += lose(node: known, now: now)
            case .suspect, .dead:
                actions += lose(node: known, now: now)
            case .gone: break
            }
            if nodes[known].instance == instance { forgive(node: known) }
            nodes[known].instance = instance
            nodes[known].losses = []
        } else {
            number = nodes.count
            nodeByName[name] = number
            nodes.append(
                Node(name: name, place: place, instance: instance, state: .live, batch: 1, lastHeard: now))
        }
        nodes[number].state = .live
        nodes[number].place = place
        nodes[number].batch = max(1, batch)
        nodes[number].lastHeard = now
        totalRate += nodes[number].rate
        actions.append(.stateChanged(node: number, .live))
        return (number, actions + assign(now: now))
    }

    /// Anything was heard of a node.
    public mutating func heard(node: Int, now: Microseconds) -> [Action] {
        let silence = now - min(nodes[node].lastHeard, now)
        nodes[node].lastHeard = max(nodes[node].lastHeard, now)
        switch nodes[node].state {
        case .suspect, .dead:
            if nodes[node].state == .dead { forgive(node: node) }
            nodes[node].state = .live
            // What it did in that time is still on its way.
            for id in nodes[node].leases { extendDeadline(of: id, by: silence, now: now) }
            totalRate += nodes[node].rate
            return [.stateChanged(node: node, .live)] + resumeLate(node: node, now: now) + assign(now: now)
        case .live, .leaving, .gone, .evicted:
            return []
        }
    }

    /// The node's connection has ended: its leases go back at once.
    public mutating func lost(node: Int, now: Microseconds) -> [Action] {
        guard nodes[node].isConnected else { return [] }
        return lose(node: node, now: now) + evictFruitless(now: now) + assign(now: now)
    }

    /// Nodes that lose whatever they are given.
    mutating func evictFruitless(now: Microseconds) -> [Action] {
        var actions: [Action] = []
        for number in nodes.indices
        where nodes[number].fruitless >= policy.mostFruitlessLeases && nodes[number].state != .evicted {
            let count = nodes[number].fruitless
            actions += evict(
                node: number, reason: "it was lost with \(count) leases in a row, and not one result between them",
                now: now)
        }
        return actions
    }

    /// The node's device did not get through its lease, and the node lives: its images had their attempt.
    public mutating func faulted(node: Int, reason: String, now: Microseconds) -> [Action] {
        guard nodes[node].isConnected else { return [] }
        nodes[node].faults += 1
        let count = nodes[node].faults
        guard count < policy.faults else {
            return evict(
                node: node, reason: "its device failed \(count) times, the last time: \(reason)", counting: true,
                now: now)
        }
        let actions = lose(node: node, now: now)
        nodes[node].losses = []
        return actions + assign(now: now)
    }

    /// The node finishes its running lease and goes; what waits behind it goes back.
    public mutating func leaving(node: Int, now: Microseconds) -> [Action] {
        guard nodes[node].isConnected, nodes[node].state != .leaving else { return [] }
        // A silent one is not in the total any more.
        if nodes[node].state == .live { leaveTotal(node) }
        nodes[node].state = .leaving
        var actions: [Action] = [.stateChanged(node: node, .leaving)]
        for id in nodes[node].leases.dropFirst().reversed() { actions += giveBack(lease: id, counting: false) }
        nodes[node].late += max(0, nodes[node].leases.count - 1)
        nodes[node].leases = Array(nodes[node].leases.prefix(1))
        return actions + assign(now: now)
    }

    /// The node broke a rule: it takes no further part. `counting` where its running images may be the cause.
    public mutating func evict(node: Int, reason: String, counting: Bool = false, now: Microseconds) -> [Action] {
        guard nodes[node].state != .evicted else { return [] }
        let actions = nodes[node].isConnected ? lose(node: node, counting: counting, now: now) : []
        nodes[node].state = .evicted
        return actions + [.stateChanged(node: node, .evicted), .evict(node: node, reason: reason)] + assign(now: now)
    }

    /// A node that was thought dead still holds its leases: the waiting ones are asked back, the running one may bring
    /// late results, and has a deadline again.
    private mutating func resumeLate(node: Int, now: Microseconds) -> [Action] {
        var actions: [Action] = []
        for id in leases.keys.sorted() where leases[id]!.node == node && leases[id]!.isLost {
            leases[id]!.deadline = now + leases[id]!.allowance
            if leases[id]!.start == nil { actions.append(.cancel(node: node, lease: id)) }
        }
        return actions
    }

    /// Everything that a node has goes back and its late results are no longer expected.
    mutating func lose(node: Int, counting: Bool = true, now: Microseconds) -> [Action] {
        let actions = takeBack(node: node, counting: counting)
        for (id, lease) in leases where lease.node == node { leases[id] = nil }
        nodes[node].late = 0
        nodes[node].unmeasured = (0, 0)
        if nodes[node].state == .live { leaveTotal(node) }
        nodes[node].state = .gone
        return actions + [.stateChanged(node: node, .gone)]
    }

    /// All leases of a node go back. The images of the one that ran have had an attempt: perhaps it was one of them
    /// that ended the node.
    mutating func takeBack(node: Int, counting: Bool = true) -> [Action] {
        var actions: [Action] = []
        let isLoss = counting && !nodes[node].leases.isEmpty
        // The last first: what is returned last is leased first, and images keep roughly the manifest's order.
        for (place, id) in nodes[node].leases.enumerated().reversed() {
            actions += giveBack(lease: id, counting: counting && place == 0)
        }
        nodes[node].late += nodes[node].leases.count
        nodes[node].leases = []
        if isLoss {
            nodes[node].lostLeases += 1
            nodes[node].fruitless += 1
        }
        return actions
    }

    mutating func leaveTotal(_ node: Int) { totalRate = max(0, totalRate - nodes[node].rate) }
}
