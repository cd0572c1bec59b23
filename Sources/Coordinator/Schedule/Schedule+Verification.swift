import Bytes

/// Images that a second node evaluates too, so that a node which computes something else, or makes things up, does not go
/// unnoticed: one of every N that follow each other, once the first result is there. Which one, a secret number decides:
/// where it could be told beforehand, a node could be honest there alone. The results are the ledger's to compare.
extension Schedule {
    /// Awaits a second evaluation of an image that is done. By name, since a resumed run knows no more of its nodes.
    struct Verification: Sendable {
        /// Images that await it, out on a lease or not, with the node whose result counts.
        var evaluators: [Int: String] = [:]
        /// Those that are not out, by that node, and all of them.
        var queues: [String: [Int]] = [:]
        var waiting: Set<Int> = []
        /// Images that were to be evaluated twice, and those that were.
        var asked = 0
        var done = 0
    }

    /// Images that still await their second evaluation.
    public var unverified: Int { verification.evaluators.count }

    /// Whether a second evaluation is out, or a node that is there could do one.
    public var canVerify: Bool {
        guard !verification.evaluators.isEmpty, !isStopped else { return false }
        let able = nodes.filter { [.live, .suspect].contains($0.state) }.map(\.name)
        if able.isEmpty { return false }
        if able.count > 1 { return true }
        return verification.waiting.count < verification.evaluators.count
            || verification.queues.contains { $0.key != able[0] && !$0.value.isEmpty }
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
        verification.evaluators[image] = evaluator
        enqueueVerification(image)
    }

    /// A further result of an image came.
    mutating func verified(_ image: Int, by node: Int) {
        guard let evaluator = verification.evaluators[image], evaluator != nodes[node].name else { return }
        verification.evaluators[image] = nil
        verification.done += 1
    }

    /// An image that is not out any more waits for another node, where it still awaits its second evaluation.
    mutating func enqueueVerification(_ image: Int) {
        guard let evaluator = verification.evaluators[image], holders[image] == 0,
            verification.waiting.insert(image).inserted
        else { return }
        verification.queues[evaluator, default: []].append(image)
    }

    /// Images for a node that it has not evaluated itself.
    mutating func takeVerifications(for node: Int, size: Int) -> [Int] {
        guard !verification.waiting.isEmpty else { return [] }
        var taken: [Int] = []
        for evaluator in verification.queues.keys.sorted() where evaluator != nodes[node].name {
            while taken.count < size, let image = verification.queues[evaluator]!.popLast() {
                verification.waiting.remove(image)
                // It may have come meanwhile: a late result is a result.
                if verification.evaluators[image] == evaluator, holders[image] == 0 { taken.append(image) }
            }
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
