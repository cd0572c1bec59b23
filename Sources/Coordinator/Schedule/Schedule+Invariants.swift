extension Schedule {
    /// What does not hold that must always hold: everything that is counted along the way, counted anew. Empty when
    /// all is well. Costs a walk over all images: for simulations.
    package func brokenInvariants() -> [String] {
        var broken: [String] = []
        func expect(_ holds: Bool, _ text: @autoclosure () -> String) { if !holds { broken.append(text()) } }
        var held = [Int](repeating: 0, count: states.count)
        for lease in leases.values where !lease.isLost {
            expect(nodes[lease.node].leases.contains(lease.id), "lease \(lease.id) is out, but not its node's")
            expect(nodes[lease.node].isConnected, "lease \(lease.id) is with node \(lease.node), which is gone")
            for image in lease.open { held[image] += 1 }
        }
        for image in states.indices {
            expect(
                held[image] == Int(holders[image]), "image \(image): \(holders[image]) holders, really \(held[image])")
            switch states[image] {
            case .pending, .retrying:
                expect(
                    attempts(of: image) < policy.attempts, "image \(image) waits after \(attempts(of: image)) attempts")
                expect(held[image] == 0, "image \(image) waits, but \(held[image]) nodes have it")
            case .leased: expect((1...2).contains(held[image]), "image \(image) is leased \(held[image]) times")
            case .done, .failed: break
            }
        }
        expect(pending == states.count { $0 == .pending }, "\(pending) pending, really otherwise")
        expect(remaining == states.count { $0 != .done && $0 != .failed }, "\(remaining) remaining, really otherwise")
        expect(
            retries.sorted() == states.indices.filter { states[$0] == .retrying }, "the retries are not those in retry")
        let reachable = Set(returned).union(alone)
        for image in states.indices where states[image] == .pending && image < next {
            expect(reachable.contains(image), "image \(image) waits where nobody looks")
        }
        for (number, node) in nodes.enumerated() {
            expect(node.held <= policy.outstanding, "node \(number) holds \(node.held) leases")
            let late = leases.values.count { $0.node == number && $0.isLost }
            expect(node.late == late, "node \(number): \(node.late) late leases, really \(late)")
            expect(node.openFailures >= 0, "node \(number): \(node.openFailures) open failures")
        }
        expect(
            verification.waiting == Set(verification.queues.values.joined())
                && verification.waiting.count == verification.queues.values.reduce(0) { $0 + $1.count },
            "the second evaluations that wait are not those in the queues")
        expect(
            verification.asked == verification.done + verification.evaluators.count - verification.disputes.count,
            "\(verification.asked) second evaluations asked, \(verification.done) done, \(unverified) awaited")
        for (image, _) in verification.evaluators {
            expect(states[image] == .done, "image \(image) is to be verified before it is done")
            expect(
                verification.waiting.contains(image) || held[image] > 0,
                "image \(image) is to be verified, but nobody is asked to")
        }
        expect(
            verification.disputes.allSatisfy { verification.evaluators[$0] != nil }, "a dispute that awaits nobody")
        for image in losses.keys {
            expect(states[image] != .done && states[image] != .failed, "losses of image \(image), which is over")
        }
        let rate = nodes.filter { $0.state == .live }.reduce(0) { $0 + $1.rate }
        expect(abs(rate - totalRate) <= 1e-6 * max(1, rate), "the total rate is \(totalRate), really \(rate)")
        return broken
    }
}
