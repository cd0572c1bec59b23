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

    /// The node has sent something of a lease that is no result yet: it is at work.
    public mutating func progressed(lease id: UInt64, now: Microseconds) {
        guard let lease = leases[id], lease.deadline != nil else { return }
        leases[id]!.deadline = now + lease.allowance
    }

    /// An image came back with a result that the ledger accepts. `expects` must hold.
    public mutating func succeeded(image: Int, lease: UInt64, node: Int, now: Microseconds) -> (Disposition, [Action]) {
        deliver(image, lease, now)
        switch states[image] {
        case .done:
            nodes[node].fruitless = 0
            verified(image, by: node)
            enqueueVerification(image)
            return (.repeated, [])
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
        losses[image] = nil
        nodes[node].succeeded += 1
        nodes[node].fruitless = 0
        awaitVerification(of: image, by: nodes[node].name)
        var actions: [Action] = []
        // Those on which it failed did worse than this node: too often, and they are out.
        for note in failures.removeValue(forKey: image) ?? [] where note.node != node {
            if !wasGivenUp { nodes[note.node].openFailures -= 1 }
            actions += contradict(note.node, now: now)
        }
        return (.first, actions)
    }

    /// An image failed on this node and not on another one.
    private mutating func contradict(_ node: Int, now: Microseconds) -> [Action] {
        nodes[node].contradictions += 1
        let count = nodes[node].contradictions
        guard count >= policy.contradictions else { return [] }
        return evict(node: node, reason: "\(count) images failed on it that another node evaluated", now: now)
    }

    /// An image came back as failed. `expects` must hold.
    public mutating func failed(
        image: Int, kind: ImageFailure.Kind, lease: UInt64, node: Int, now: Microseconds
    ) -> (Disposition, [Action]) {
        deliver(image, lease, now)
        nodes[node].fruitless = 0
        guard states[image] != .done, states[image] != .failed else {
            if states[image] == .done { enqueueVerification(image) }
            return (.ignored, states[image] == .done ? contradict(node, now: now) : [])
        }
        // Nobody else has it: it waits for a node on which it has not failed.
        if hasFailed(image, on: node) {
            let actions = awaitRetry(image)
            return (.ignored, actions + assign(now: now))
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
        var actions = awaitRetry(image)
        if isHopeless, states[image] != .failed { actions.append(giveUp(image)) }
        return (.noted, actions + assign(now: now))
    }

    /// An image that failed is no longer for just any node; after the last attempt, losses counted, for none.
    private mutating func awaitRetry(_ image: Int) -> [Action] {
        guard states[image] == .pending || (states[image] == .leased && holders[image] == 0) else { return [] }
        if states[image] == .pending { pending -= 1 }
        states[image] = .retrying
        retries.append(image)
        return Int(attempts[image]) >= policy.attempts ? [giveUp(image)] : []
    }

    /// The node says that a lease is over.
    public mutating func ended(lease id: UInt64, node: Int, now: Microseconds) -> [Action] {
        guard let lease = leases[id], lease.node == node else {
            return evict(node: node, reason: "it ended lease \(id), which it does not hold", now: now)
        }
        if lease.isLost {
            leases[id] = nil
            nodes[node].late -= 1
            // What it was given since then begins only now.
            if let running = nodes[node].leases.first { begin(running, now: now) }
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
        if wasFirst, let following = nodes[node].leases.first { begin(following, now: now) }
        // What came back in a cancelled lease is for whoever has nothing to do, first of all.
        guard lease.open.isEmpty else { return actions + assign(now: now) }
        return actions + assign(to: node, now: now) + settle(now: now)
    }

    private mutating func begin(_ lease: UInt64, now: Microseconds) {
        leases[lease]!.start = now
        leases[lease]!.deadline = now + leases[lease]!.allowance
    }

    private mutating func deliver(_ image: Int, _ id: UInt64, _ now: Microseconds) {
        let (node, isLost) = leases[id]!.took(image, now: now)
        if !isLost { holders[image] -= 1 }
        // A late lease runs before those that the node was given since: they are not late for that.
        if isLost, let following = nodes[node].leases.first {
            leases[following]!.deadline = now + leases[following]!.allowance
        }
    }

    private mutating func measure(_ node: Int, _ images: Int, _ duration: Microseconds) {
        durations.add(duration)
        nodes[node].unmeasured.images += images
        nodes[node].unmeasured.time += duration
        // What was held up on its way comes all at once, and then seems to have taken no time.
        let (total, time) = nodes[node].unmeasured
        guard time >= policy.shortestMeasurement else { return }
        nodes[node].unmeasured = (0, 0)
        let seconds = Double(time) / 1e6
        let old = nodes[node].rate
        let measured = min(Double(total) / seconds, old == 0 ? .infinity : policy.fastestGrowth * old)
        // The longer the measurement, the more it counts.
        let weight = old == 0 ? 1 : min(0.5, max(0.05, seconds / policy.leaseSeconds * 0.5))
        nodes[node].rate = old + (measured - old) * weight
        if nodes[node].state == .live { totalRate += nodes[node].rate - old }
    }

    /// When everything else is over, images that failed on every node that is left are given up.
    mutating func settle(now: Microseconds) -> [Action] {
        guard pending == 0, !retries.isEmpty, isQuiet(at: now), nodes.contains(where: { $0.state == .live }) else {
            return []
        }
        let able = nodes.indices.filter { [.live, .suspect].contains(nodes[$0].state) }
        let hopeless = retries.filter { image in able.allSatisfy { hasFailed(image, on: $0) } }
        return hopeless.map { giveUp($0) }
    }
}
