import Protocol

extension Schedule {
    /// What a result means.
    public enum Disposition: Sendable, Hashable {
        /// The image is done with this result, the first that succeeded.
        case first
        /// It was done before: a result to be compared.
        case repeated
        /// A failure; others may still succeed.
        case noted
        /// A failure of an image that is done or given up: nothing changes.
        case ignored
    }

    /// Whether the lease is this node's and the image has not come back in it. Late leases count.
    public func expects(image: Int, lease: UInt64, node: Int) -> Bool {
        guard let found = leases[lease] else { return false }
        return found.node == node && found.open.contains(image)
    }

    /// An image came back with a result that the ledger accepts. `expects` must hold.
    public mutating func succeeded(image: Int, lease: UInt64, node: Int, now: Microseconds) -> (Disposition, [Action]) {
        deliver(image, lease, now)
        switch states[image] {
        case .done: return (.repeated, [])
        case .failed: break  // late work is still work done
        case .pending:
            pending -= 1
            remaining -= 1
        case .retrying:
            retries.removeAll { $0 == image }
            remaining -= 1
        case .leased: remaining -= 1
        }
        let wasGivenUp = states[image] == .failed
        states[image] = .done
        nodes[node].succeeded += 1
        var actions: [Action] = []
        // Those on which it failed did worse than this node: too often, and they are out.
        for note in failures.removeValue(forKey: image) ?? [] where note.node != node {
            if !wasGivenUp { nodes[note.node].openFailures -= 1 }
            nodes[note.node].contradictions += 1
            if nodes[note.node].contradictions == policy.contradictions {
                let count = policy.contradictions
                actions += evict(
                    node: note.node, reason: "\(count) images failed on it that another node evaluated", now: now)
            }
        }
        return (.first, actions)
    }

    /// An image came back as failed. `expects` must hold.
    public mutating func failed(
        image: Int, kind: ImageFailure.Kind, lease: UInt64, node: Int, now: Microseconds
    ) -> (Disposition, [Action]) {
        deliver(image, lease, now)
        guard states[image] != .done, states[image] != .failed else {
            if states[image] == .done { nodes[node].contradictions += 1 }
            return (.ignored, [])
        }
        // Nobody else has it: it waits for a node on which it has not failed.
        if hasFailed(image, on: node) {
            awaitRetry(image)
            return (.ignored, assign(now: now))
        }
        nodes[node].failed += 1
        nodes[node].openFailures += 1
        failures[image, default: []].append((node, kind))
        attempts[image] = min(attempts[image], 254) + 1
        let notes = failures[image]!
        // A file that two nodes cannot decode is a bad file; one that two nodes do not have may lie on a third.
        let isHopeless =
            (notes.count >= 2 && notes.allSatisfy { $0.kind == .content || $0.kind == .evaluation })
            || notes.count >= policy.attempts
        awaitRetry(image)
        if isHopeless { return (.noted, [giveUp(image)] + settle(now: now)) }
        return (.noted, assign(now: now))
    }

    /// An image that failed is no longer for just any node.
    private mutating func awaitRetry(_ image: Int) {
        guard states[image] == .pending || (states[image] == .leased && holders[image] == 0) else { return }
        if states[image] == .pending { pending -= 1 }
        states[image] = .retrying
        retries.append(image)
    }

    /// The node says that a lease is over.
    public mutating func ended(lease id: UInt64, node: Int, now: Microseconds) -> [Action] {
        guard let lease = leases[id], lease.node == node else {
            return evict(node: node, reason: "it ended lease \(id), which it does not hold", now: now)
        }
        if lease.isLost {
            leases[id] = nil
            nodes[node].late -= 1
            return assign(to: node, now: now)
        }
        guard lease.open.isEmpty || lease.isCancelled || nodes[node].state == .leaving else {
            return evict(
                node: node, reason: "it ended lease \(id) without \(lease.open.count) of its images", now: now)
        }
        let actions = giveBack(lease: id, counting: false)
        leases[id] = nil
        let wasFirst = nodes[node].leases.first == id
        nodes[node].leases.removeAll { $0 == id }
        if let start = lease.start, lease.delivered > 0 { measure(node, lease.delivered, now - start) }
        if wasFirst, let following = nodes[node].leases.first {
            leases[following]!.start = now
            leases[following]!.deadline = now + leases[following]!.allowance
        }
        // What came back in a cancelled lease is for whoever has nothing to do, first of all.
        guard lease.open.isEmpty else { return actions + assign(now: now) }
        return actions + assign(to: node, now: now) + settle(now: now)
    }

    private mutating func deliver(_ image: Int, _ id: UInt64, _ now: Microseconds) {
        var lease = leases.removeValue(forKey: id)!
        lease.open.remove(image)
        lease.delivered += 1
        if lease.deadline != nil { lease.deadline = now + lease.allowance }
        if !lease.isLost { holders[image] -= 1 }
        leases[id] = lease
    }

    private mutating func measure(_ node: Int, _ images: Int, _ duration: Microseconds) {
        let seconds = max(Double(duration) / 1e6, 1e-6)
        durations.add(duration)
        let old = nodes[node].rate
        // What was held up on its way comes all at once, and then seems to have taken no time.
        let measured = min(Double(images) / seconds, old == 0 ? .infinity : policy.fastestGrowth * old)
        // The longer the measurement, the more it counts.
        let weight = old == 0 ? 1 : min(0.5, max(0.05, seconds / policy.leaseSeconds * 0.5))
        nodes[node].rate = old + (measured - old) * weight
        if nodes[node].state == .live { totalRate += nodes[node].rate - old }
    }

    /// When everything else is over, images that failed on every node that is left are given up.
    mutating func settle(now: Microseconds) -> [Action] {
        guard pending == 0, !retries.isEmpty, isQuiet, nodes.contains(where: { $0.state == .live }) else { return [] }
        let able = nodes.indices.filter { [.live, .suspect].contains(nodes[$0].state) }
        let hopeless = retries.filter { image in able.allSatisfy { hasFailed(image, on: $0) } }
        return hopeless.map { giveUp($0) }
    }
}
