@testable import Coordinator

// What was to be evaluated by a further node was, as long as there was one.

extension Simulator {
    mutating func checkVerifications() {
        guard chaos.verifyEvery != nil else {
            if schedule.verifications.asked > 0 { fail("a second evaluation that nobody asked for") }
            return
        }
        let asked = (0..<chaos.images).filter { schedule.state(of: $0) == .done && schedule.isToBeVerified($0) }
        let done = asked.filter { run.ledger.evaluators($0).count > 1 }
        if schedule.verifications != (asked.count, done.count) {
            fail("\(schedule.verifications) second evaluations, really \((asked.count, done.count))")
        }
        if done.count < asked.count, schedule.canVerify { fail("\(asked.count - done.count) second evaluations lack") }
    }

    /// A disagreement that a third node could have settled is settled; who was outvoted has nothing that it found alone.
    mutating func checkDisputes() {
        if schedule.disputed > 0, schedule.canVerify { fail("\(schedule.disputed) disputes are open") }
        for dispute in run.ledger.disputes where dispute.evaluators.count < plannedOpinions {
            let others = hosts.contains { host in
                host.character.isGood && !dispute.evaluators.contains(host.character.name)
                    && host.reachableSince.map { now - $0 > 100_000_000 + 2 * host.character.preparing } ?? false
            }
            if others { fail("the dispute over image \(dispute.image) is open, and somebody could settle it") }
        }
        let alone = run.ledger.unconfirmed(by: run.ledger.oddNodes)
        if let image = alone.first { fail("image \(image) was found by a node alone that was outvoted") }
    }

    private var plannedOpinions: Int { RunPolicy().opinions }
}
