@testable import Coordinator
@testable import Node

// Every run ends within what `--wait` and the limits allow, and none ends while a good node is there or to be expected.

extension Simulator {
    /// Faults are over at `healing`, or their last effect is. Then the slowest good node alone could do all the work,
    /// after every limit that may still have to pass for each of the others.
    var lastMoment: Int64 {
        let slowest = chaos.nodes.filter(\.isGood).map(\.pace).max() ?? 0
        let hanging = chaos.nodes.count { $0.hangs != nil || $0.preparesForEver || $0.keepsCancelled }
        let fruitless = chaos.nodes.count { $0.crashes || $0.faultsAfter != nil }
        let patience = Int64(2 + 3 * hanging + 2 * fruitless) * 130_000_000
        let evaluations: Int64 = chaos.verifyEvery == nil ? 3 : 6
        let wait = Int64(chaos.waitSeconds * 1e6)
        return chaos.healing + 400_000_000 + patience + 6 * wait + Int64(chaos.images) * evaluations * slowest
    }

    /// Since when each good host could be reached by who tries.
    mutating func watchHosts() {
        for number in hosts.indices where hosts[number].character.isGood {
            let host = hosts[number]
            let isReachable =
                host.isAlive && host.isAnnounced && !host.loop.isLeaving && now >= host.partitionedUntil
                && now >= host.stoppedUntil && now >= host.character.refusesUntil && now >= host.character.busyUntil
            if !isReachable {
                hosts[number].reachableSince = nil
            } else if host.reachableSince == nil {
                hosts[number].reachableSince = now
            }
        }
    }

    /// The run ended before its work was done.
    mutating func checkEnding() {
        switch ending! {
        case .complete, .interrupted, .otherNumerics, .weightsUnreadable, .journalFailed, .artifactFailed:
            return fail("it ended: \(ending!)")
        case .tooFewNodes, .unreachable, .refused, .jobRefused, .deviceRefused: break
        }
        let wait = Int64(chaos.waitSeconds * 1e6)
        // Who is refused three times is tried again after a minute.
        let refused: Int64 = 63_000_000
        let isRefused = hosts.indices.allSatisfy { number in
            let host = hosts[number]
            return !host.character.isGood
                || host.isAnnounced && now < host.character.refusesUntil + refused && tries[number, default: 0] >= 3
        }
        let isKnown = !chaos.mayGrow && isRefused
        if now - began < wait, !isKnown { return fail("it ended after \((now - began) / 1000) ms: \(ending!)") }
        for (number, host) in hosts.enumerated() {
            guard let since = host.reachableSince else { continue }
            let patience = refused + 13_000_000 + host.character.preparing + (chaos.ownNumerics ?? 0) + 20_000_000
            if now - max(since, began) > patience + wait, endings.count > 0 {
                return fail("it ended, and n\(number) was there for \((now - since) / 1_000_000) s: \(ending!)")
            }
        }
    }
}
