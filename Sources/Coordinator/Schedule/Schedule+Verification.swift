import Bytes

/// Images that another node evaluates too. The results are the ledger's to compare. There are two reasons:
/// - one image of every N is evaluated by two nodes, so that a node which computes something else, or makes things up,
///   does not go unnoticed. Which one, a secret number decides: where it could be told beforehand, a node could be honest
///   there alone;
/// - of an image whose results differ, a third node decides.
extension Schedule {
    /// Awaits a further evaluation of an image that is done. By name, since a resumed run knows no more of its nodes.
    struct Verification: Sendable {
        /// Images that await it, out on a lease or not, with the nodes that have evaluated them, in order.
        var evaluators: [Int: [String]] = [:]
        /// Those of them whose results differ.
        var disputes: Set<Int> = []
        /// Those that are not out, by those nodes, and all of them.
        var queues: [[String]: [Int]] = [:]
        var waiting: Set<Int> = []
        /// Images that were to be evaluated twice, and those that were.
        var asked = 0
        var done = 0
    }

    /// Images that still await a further evaluation, and those of them whose results differ.
    public var unverified: Int { verification.evaluators.count }
    public var disputed: Int { verification.disputes.count }

    /// Whether a further evaluation is out, or a node that is there could do one.
    public var canVerify: Bool {
        guard !verification.evaluators.isEmpty, !isStopped else { return false }
        let able = nodes.filter { [.live, .suspect].contains($0.state) }.map(\.name)
        if able.isEmpty { return false }
        return verification.waiting.count < verification.evaluators.count
            || verification.queues.contains { queue in
                !queue.value.isEmpty && able.contains { !queue.key.contains($0) }
            }
    }

    /// One image of every `verifyEvery`; of the rest at the end perhaps none.
    public func isToBeVerified(_ image: Int) -> Bool {
        guard let every = verifyEvery else { return false }
        var generator = SplitMix64(seed: verifySecret &+ UInt64(truncatingIfNeeded: image / every))
        return generator.next() % UInt64(every) == UInt64(image % every)
    }

    /// An image has its first result.
    mutating func awaitVerification(of image: Int, by evaluator: String) {
        guard isToBeVerified(image) else { return }
        verification.asked += 1
        verification.evaluators[image] = [evaluator]
        enqueueVerification(image)
    }

    /// A further result of an image came. Of one whose results differ, the ledger says whether that settles it.
    mutating func verified(_ image: Int, by node: Int) {
        guard let evaluators = verification.evaluators[image], !evaluators.contains(nodes[node].name),
            !verification.disputes.contains(image)
        else { return }
        leaveQueue(image)
        verification.evaluators[image] = nil
        verification.done += 1
    }

    /// The results of these nodes for an image differ: a further one is to decide.
    public mutating func dispute(_ image: Int, between evaluators: [String]) {
        guard states[image] == .done else { return }
        leaveQueue(image)
        // Its second evaluation is done, whatever was found.
        if verification.evaluators[image] != nil, !verification.disputes.contains(image) { verification.done += 1 }
        verification.disputes.insert(image)
        verification.evaluators[image] = Set(evaluators).sorted()
        enqueueVerification(image)
    }

    /// Nobody is asked about the image any more: its dispute is settled, or cannot be.
    public mutating func endDispute(_ image: Int) {
        guard verification.disputes.remove(image) != nil else { return }
        leaveQueue(image)
        verification.evaluators[image] = nil
    }

    /// The result of an image does not count any more: it is evaluated anew.
    public mutating func redo(_ image: Int, now: Microseconds) -> [Action] {
        guard states[image] == .done else { return [] }
        endDispute(image)
        if verification.evaluators[image] != nil {
            leaveQueue(image)
            verification.evaluators[image] = nil
            verification.asked -= 1
        } else if isToBeVerified(image) {
            verification.asked -= 1
            verification.done -= 1
        }
        remaining += 1
        if holders[image] > 0 {
            states[image] = .leased
        } else {
            states[image] = .pending
            pending += 1
            // One that this part of the run has not come to yet, it comes to.
            if image < next { returned.append(image) }
        }
        return assign(now: now)
    }

    private mutating func leaveQueue(_ image: Int) {
        guard verification.waiting.remove(image) != nil, let key = verification.evaluators[image] else { return }
        verification.queues[key]?.removeAll { $0 == image }
    }

    /// An image that is not out any more waits for another node, where it still awaits a further evaluation.
    mutating func enqueueVerification(_ image: Int) {
        guard let evaluators = verification.evaluators[image], holders[image] == 0,
            verification.waiting.insert(image).inserted
        else { return }
        verification.queues[evaluators, default: []].append(image)
    }

    /// Images for a node that it has not evaluated itself.
    mutating func takeVerifications(for node: Int, size: Int) -> [Int] {
        guard !verification.waiting.isEmpty else { return [] }
        var taken: [Int] = []
        let keys = verification.queues.keys.filter { !$0.contains(nodes[node].name) }
        for evaluators in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            while taken.count < size, let image = verification.queues[evaluators]!.popLast() {
                verification.waiting.remove(image)
                // It may have come meanwhile: a late result is a result.
                if verification.evaluators[image] == evaluators, holders[image] == 0 { taken.append(image) }
            }
            if verification.queues[evaluators]!.isEmpty { verification.queues[evaluators] = nil }
        }
        return taken
    }

    /// An image of an earlier part of the run. Before the first lease only.
    ///
    /// - Parameters:
    ///   - evaluator: the name of the node whose result counts.
    ///   - isVerified: a second node evaluated it too.
    public mutating func resumeVerification(of image: Int, by evaluator: String, isVerified: Bool) {
        guard isToBeVerified(image) else { return }
        if isVerified {
            verification.asked += 1
            verification.done += 1
        } else {
            awaitVerification(of: image, by: evaluator)
        }
    }
}
