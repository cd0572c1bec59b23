extension Schedule {
    /// Leases to all nodes that can take some: first to those that have none, then a second one to wait behind it.
    mutating func assign(now: Microseconds) -> [Action] {
        guard !isStopped, hasWork else { return settle(now: now) }
        var actions: [Action] = []
        for held in 0..<policy.outstanding {
            for number in nodes.indices where nodes[number].held == held && takesLeases(number) {
                guard hasWork else { return actions }
                actions += order(for: number, now: now)
            }
        }
        return actions + settle(now: now)
    }

    private var hasWork: Bool { pending > 0 || !retries.isEmpty || !verification.waiting.isEmpty }

    /// Leases to one node until it has enough.
    mutating func assign(to node: Int, now: Microseconds) -> [Action] {
        guard !isStopped else { return [] }
        var actions: [Action] = []
        while nodes[node].held < policy.outstanding, takesLeases(node) {
            let order = order(for: node, now: now)
            if order.isEmpty { break }
            actions += order
        }
        return actions
    }

    func takesLeases(_ number: Int) -> Bool {
        let node = nodes[number]
        guard node.state == .live else { return false }
        guard node.openFailures >= policy.probation, node.openFailures > node.succeeded else { return true }
        // On probation, unless nobody else is left to try.
        return !nodes.contains { $0.state == .live && $0.openFailures < policy.probation }
    }

    /// The next lease for a node; nothing if there is no image for it.
    private mutating func order(for node: Int, now: Microseconds) -> [Action] {
        let images = takeImages(for: node)
        guard !images.isEmpty else { return [] }
        return [.lease(lend(images, to: node, isSpeculative: false, now: now))]
    }

    mutating func lend(_ images: [Int], to node: Int, isSpeculative: Bool, now: Microseconds) -> Order {
        for image in images {
            holders[image] += 1
            // A second evaluation changes nothing about the first.
            if states[image] == .done { continue }
            if states[image] == .pending { pending -= 1 }
            states[image] = .leased
        }
        leasedImages += images.count
        let rate = nodes[node].rate
        let predicted = rate > 0 ? Double(images.count) / rate * 1e6 : 0
        let allowance =
            rate > 0
            ? max(policy.shortestDeadline, Microseconds(min(policy.deadlineFactor * predicted, 1e15)))
            : policy.unknownDeadline
        let isFirst = nodes[node].leases.isEmpty
        let lease = OutstandingLease(
            id: nextLease, node: node, images: images, open: OpenImages(images), start: isFirst ? now : nil,
            deadline: isFirst ? now + allowance : nil, allowance: allowance, isSpeculative: isSpeculative)
        nextLease += 1
        leases[lease.id] = lease
        nodes[node].leases.append(lease.id)
        let attempt = images.map { Int(attempts[$0]) }.max()! + 1
        return Order(id: lease.id, node: node, attempt: attempt, deadline: allowance, images: images)
    }

    /// Images for one lease, those that came back first.
    private mutating func takeImages(for node: Int) -> [Int] {
        // A node that has had no result yet is not judged, nor does it judge, by what may end it.
        if nodes[node].hasResults, let image = takeAlone(for: node) { return [image] }
        let size = leaseSize(for: node)
        var images = takeRetries(for: node, size: size)
        // Along the way, so that they do not all stand at the end.
        images += takeVerifications(for: node, size: pending > 0 ? size / 4 : size - images.count)
        images += takeReturned(for: node, size: size - images.count)
        while images.count < size, next < states.count {
            if states[next] == .pending { images.append(next) }
            next += 1
        }
        if images.isEmpty, let image = takeAlone(for: node) { return [image] }
        return images
    }

    /// Images that failed on other nodes and not on this one.
    private mutating func takeRetries(for node: Int, size: Int) -> [Int] {
        guard !retries.isEmpty, nodes.count > 1 else { return [] }
        var taken: [Int] = []
        var left: [Int] = []
        for image in retries {
            if taken.count < size, !hasFailed(image, on: node) { taken.append(image) } else { left.append(image) }
        }
        retries = left
        return taken
    }

    func hasFailed(_ image: Int, on node: Int) -> Bool { failures[image]?.contains { $0.node == node } ?? false }

    /// By time, from the node's own speed; near the end half of its share of what is left, so that all end together.
    func leaseSize(for number: Int) -> Int {
        let node = nodes[number]
        guard node.rate > 0 else { return policy.firstLease }
        let smallest = max(1, min(Double(policy.firstLease), node.rate * policy.smallestLeaseSeconds))
        let full = min(node.rate * policy.leaseSeconds, Double(policy.largestLease))
        let share = Double(pending + verification.waiting.count) * node.rate / (2 * max(totalRate, node.rate))
        let size = Int(max(smallest, min(full, share)))
        guard size > node.batch, share >= full else { return max(1, size) }
        return size - size % node.batch
    }

    /// What a lease has not brought goes back to be leased again; the lease is kept as lost, for late results.
    mutating func giveBack(lease id: UInt64, counting: Bool) -> [Action] {
        guard var lease = leases[id], !lease.isLost else { return [] }
        lease.isLost = true
        leases[id] = lease
        var actions: [Action] = []
        for image in Array(lease.open).reversed() {
            holders[image] -= 1
            if counting, states[image] == .leased {
                noteLoss(of: image, on: lease.node, wasAlone: lease.images.count == 1)
            }
            if states[image] == .done { enqueueVerification(image) }
            if let action = release(image) { actions.append(action) }
        }
        return actions
    }

    /// An image that one node no longer has.
    private mutating func release(_ image: Int) -> Action? {
        guard states[image] == .leased, holders[image] == 0 else { return nil }
        if failures[image] != nil {
            states[image] = .retrying
            retries.append(image)
            return Int(attempts[image]) >= policy.attempts ? giveUp(image) : nil
        }
        guard Int(attempts[image]) < policy.attempts else { return giveUp(image) }
        states[image] = .pending
        pending += 1
        // Those whose loss said nothing go behind the others, which may show what the node is worth.
        if Int(attempts[image]) >= policy.aloneAfter {
            alone.append(image)
        } else if isSuspect(image) {
            alone.insert(image, at: 0)
        } else {
            returned.append(image)
        }
        return nil
    }

    mutating func giveUp(_ image: Int) -> Action {
        precondition(states[image] == .leased || states[image] == .retrying)
        if states[image] == .retrying { retries.removeAll { $0 == image } }
        states[image] = .failed
        remaining -= 1
        losses[image] = nil
        if let notes = failures[image] {
            for note in notes { nodes[note.node].openFailures -= 1 }
            return .giveUp(image: image, .failed)
        }
        return .giveUp(image: image, .lost(nodes: Int(attempts[image])))
    }
}
