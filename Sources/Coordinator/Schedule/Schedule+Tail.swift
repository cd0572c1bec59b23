extension Schedule {
    /// Near the end, when nothing is left to lease and nodes have nothing to do: leases that others have not started
    /// are asked back, and the oldest running ones are evaluated a second time.
    mutating func shortenTail(now: Microseconds) -> [Action] {
        guard pending == 0, remaining > 0 else { return [] }
        let idle = nodes.indices.filter { nodes[$0].held == 0 && takesLeases($0) }
        guard !idle.isEmpty else { return [] }
        let asked = askBack(for: idle.count, now: now)
        guard asked.isEmpty else { return asked }
        return speculate(idle, now: now)
    }

    /// A lease that starts sooner than this is not asked back: the question itself takes time.
    private static let worthAsking: Microseconds = 200_000

    /// The waiting leases that would start last.
    private mutating func askBack(for idle: Int, now: Microseconds) -> [Action] {
        var waiting: [(lease: UInt64, wait: Microseconds)] = []
        for node in nodes where node.leases.count > 1 && node.state == .live {
            guard let running = leases[node.leases[0]], let second = leases[node.leases[1]] else { continue }
            if second.isCancelled { continue }
            let rest = node.rate > 0 ? Microseconds(min(1e15, Double(running.open.count) / node.rate * 1e6)) : 1_000_000
            if rest > Schedule.worthAsking { waiting.append((second.id, rest)) }
        }
        waiting.sort { ($1.wait, $0.lease) < ($0.wait, $1.lease) }
        return waiting.prefix(idle).map { entry in
            leases[entry.lease]!.cancelled = now
            return .cancel(node: leases[entry.lease]!.node, lease: entry.lease)
        }
    }

    private mutating func speculate(_ idle: [Int], now: Microseconds) -> [Action] {
        let median = durations.median ?? 0
        let limit = max(policy.speculationFloor, Microseconds(policy.speculationFactor * Double(median)))
        // What a silent node holds, started or not, is not waited for, nor what was asked back in vain.
        let old = leases.values
            .filter { lease in
                guard !lease.isLost, !lease.isSpeculative else { return false }
                return nodes[lease.node].state == .suspect || lease.start.map { now - $0 > limit } ?? false
                    || lease.cancelled.map { now - $0 > policy.cancelPatience } ?? false
            }
            .sorted { ($0.start ?? .max, $0.id) < ($1.start ?? .max, $1.id) }
        var actions: [Action] = []
        // The fastest first: what is late already should not wait for a slow node.
        var helpers = idle.sorted { (nodes[$1].rate, $0) < (nodes[$0].rate, $1) }[...]
        for lease in old {
            // From its far end: the node itself goes on from the near one.
            // What may have ended other nodes is not given to yet another while somebody has it.
            var rest = lease.open.filter {
                states[$0] == .leased && holders[$0] == 1 && losses[$0] == nil
                    && Int(attempts[$0]) < policy.aloneAfter
            }
            while !rest.isEmpty, let helper = helpers.first {
                let size = max(1, min(rest.count, Int(nodes[helper].rate * policy.leaseSeconds)))
                let images = Array(rest.suffix(size)).filter { !hasFailed($0, on: helper) }
                rest.removeLast(size)
                guard helper != lease.node, !images.isEmpty else { continue }
                helpers.removeFirst()
                actions.append(.lease(lend(images, to: helper, isSpeculative: true, now: now)))
            }
        }
        return actions
    }
}
