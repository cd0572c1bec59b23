import Evaluation
import Protocol

/// When each node had a lease, for the report. A pure value; however long a run is, a node's part is bounded: leases
/// that follow each other closely are merged.
public struct LeaseTimeline: Sendable {
    /// Leases that are kept of a node.
    static let mostLeases = 256
    /// Leases that are given out of all nodes together, but always a few of each.
    static let mostInAll = 16_384

    private struct Open {
        var id: UInt64
        var sent: Microseconds
        var images = 0
    }

    private struct Line {
        /// In the order in which the node was given them; the first one runs.
        var open: [Open] = []
        /// When its last lease ended.
        var free: Microseconds = 0
        var leases: [RunFacts.Lease] = []
    }

    private var lines: [Int: Line] = [:]
    /// The first lease's time, from which the others count.
    private var origin: Microseconds?

    public init() {}

    public mutating func sent(lease: UInt64, node: Int, now: Microseconds) {
        if origin == nil { origin = now }
        lines[node, default: Line()].open.append(Open(id: lease, sent: now))
    }

    /// One result came.
    public mutating func delivered(lease: UInt64, node: Int) {
        guard let place = lines[node]?.open.firstIndex(where: { $0.id == lease }) else { return }
        lines[node]!.open[place].images += 1
    }

    public mutating func ended(lease: UInt64, node: Int, now: Microseconds) {
        guard let place = lines[node]?.open.firstIndex(where: { $0.id == lease }) else { return }
        let open = lines[node]!.open.remove(at: place)
        // Asked back before it began: the node did nothing for it.
        if open.images > 0 { add(open, node: node, now: now, isLost: false) }
    }

    /// The node's connection has ended, or it is silent: what it ran is not finished, what waited never began.
    public mutating func lost(node: Int, now: Microseconds) {
        guard let running = lines[node]?.open.first else { return }
        lines[node]!.open = []
        add(running, node: node, now: now, isLost: true)
    }

    /// A node's leases in the order of time, at most so many.
    ///
    /// - Parameter nodes: how many nodes are asked for in all.
    public func leases(of node: Int, among nodes: Int) -> [RunFacts.Lease] {
        let limit = max(8, min(Self.mostLeases, Self.mostInAll / max(1, nodes)))
        var leases = lines[node]?.leases ?? []
        while leases.count > limit { Self.merge(&leases) }
        return leases
    }

    private mutating func add(_ open: Open, node: Int, now: Microseconds, isLost: Bool) {
        let begin = max(open.sent, lines[node]!.free)
        lines[node]!.free = now
        let lease = RunFacts.Lease(
            start: seconds(begin), end: seconds(max(begin, now)), images: open.images, isLost: isLost)
        lines[node]!.leases.append(lease)
        if lines[node]!.leases.count > Self.mostLeases { Self.merge(&lines[node]!.leases) }
    }

    /// To the millisecond.
    private func seconds(_ time: Microseconds) -> Double {
        Double((time - (origin ?? time)) / 1000) / 1000
    }

    /// Merges neighbours of one kind where the gap between them is not above the median; any two where no such are.
    private static func merge(_ leases: inout [RunFacts.Lease]) {
        let gaps = zip(leases, leases.dropFirst()).map { $1.start - $0.end }.sorted()
        guard let median = gaps.isEmpty ? nil : gaps[gaps.count / 2] else { return }
        let merged = pairs(leases) { $0.isLost == $1.isLost && $1.start - $0.end <= median }
        leases = merged.count < leases.count ? merged : pairs(leases) { _, _ in true }
    }

    private static func pairs(
        _ leases: [RunFacts.Lease], _ fit: (RunFacts.Lease, RunFacts.Lease) -> Bool
    ) -> [RunFacts.Lease] {
        var result: [RunFacts.Lease] = []
        var isFree = false
        for lease in leases {
            if isFree, let last = result.last, fit(last, lease) {
                result[result.count - 1] = RunFacts.Lease(
                    start: last.start, end: lease.end, images: last.images + lease.images,
                    isLost: last.isLost || lease.isLost)
                isFree = false
            } else {
                result.append(lease)
                isFree = true
            }
        }
        return result
    }
}
