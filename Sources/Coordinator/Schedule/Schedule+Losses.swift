/// Images that were with a node when it was lost. One of them may have ended it; or the node is one that loses whatever it
/// is given, and says nothing about them. So:
/// - a loss counts as an attempt where the node had results until then, and once a node; a further loss on the same node
///   only of an image that it had alone, and only where the node ever had results, or nothing is left to show whether it
///   can have any, and no node is there that could show it instead;
/// - a node does not get again what it lost while there is another that has not lost it;
/// - what was lost twice goes alone, to the node that has lost the least.
extension Schedule {
    struct ImageLosses: Sendable {
        /// Nodes that were lost while they had it.
        var nodes: [Int] = []
        /// One of them was, a second time.
        var isRepeated = false
    }

    /// What was noted of an image when its node was lost.
    struct Loss: Sendable {
        var image: Int
        var isCounted: Bool
        var isFirst: Bool
    }

    mutating func noteLoss(of image: Int, on node: Int, wasAlone: Bool) {
        var known = losses[image] ?? ImageLosses()
        let isFirst = !known.nodes.contains(node)
        if isFirst { known.nodes.append(node) } else { known.isRepeated = true }
        losses[image] = known
        let isAboutImage =
            nodes[node].hasResults || remaining <= losses.count + retries.count && !isAwaited(by: known.nodes)
        let isCounted = isFirst ? nodes[node].isProven : wasAlone && isAboutImage
        if isCounted { attempts[image] = min(attempts[image], 254) + 1 }
        nodes[node].losses.append(Loss(image: image, isCounted: isCounted, isFirst: isFirst))
    }

    /// Whether a node is there, or only silent for now, that has not lost what these have.
    private func isAwaited(by losers: [Int]) -> Bool {
        nodes.indices.contains { [.live, .suspect].contains(nodes[$0].state) && !losers.contains($0) }
    }

    /// A node that was taken for lost lives: its images did it no harm.
    mutating func forgive(node: Int) {
        for loss in nodes[node].losses {
            if loss.isCounted, attempts[loss.image] > 0 { attempts[loss.image] -= 1 }
            guard loss.isFirst, var known = losses[loss.image] else { continue }
            known.nodes.removeAll { $0 == node }
            losses[loss.image] = known.nodes.isEmpty ? nil : known
        }
        nodes[node].losses = []
    }

    /// It may be the image that ends nodes: nobody else's image is to pay for it.
    func isSuspect(_ image: Int) -> Bool {
        Int(attempts[image]) >= policy.aloneAfter || losses[image]?.isRepeated == true
    }

    /// Whether an image that was lost before is this node's to try.
    private func mayTry(_ image: Int, on node: Int) -> Bool {
        guard let known = losses[image] else { return true }
        let hasLost = known.nodes.contains(node)
        if !hasLost, !isSuspect(image) { return true }
        var others = nodes.indices.filter { takesLeases($0) }
        let fresh = others.filter { !known.nodes.contains($0) }
        if !fresh.isEmpty {
            guard !hasLost else { return false }
            others = fresh
        }
        return others.allSatisfy { nodes[node].lostLeases <= nodes[$0].lostLeases }
    }

    /// The next image that is to be leased alone, for a node that may try it.
    mutating func takeAlone(for node: Int) -> Int? {
        alone.removeAll { states[$0] != .pending }
        guard let place = alone.lastIndex(where: { mayTry($0, on: node) }) else { return nil }
        return alone.remove(at: place)
    }

    /// Images that came back, for a node that may try them; the last first.
    mutating func takeReturned(for node: Int, size: Int) -> [Int] {
        var taken: [Int] = []
        var left: [Int] = []
        // One that came back, was done all the same and is done anew, stands there twice.
        var seen: Set<Int> = []
        while taken.count < size, let image = returned.popLast() {
            guard states[image] == .pending, seen.insert(image).inserted else { continue }
            if mayTry(image, on: node) { taken.append(image) } else { left.append(image) }
            // What others are to try is not gone through by everybody each time.
            if left.count >= 2 * policy.largestLease { break }
        }
        returned += left.reversed()
        return taken
    }
}
