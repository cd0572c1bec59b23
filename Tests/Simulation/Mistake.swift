import Coordinator
import Protocol

@testable import Coordinator

/// A rule that is broken on purpose, to see that it is found.
enum Mistake: CaseIterable {
    case none
    /// Silence is never death, and no lease late.
    case waitsForEver
    /// Leases are late before they could be done.
    case isImpatient
    /// A node may prepare for ever.
    case preparesForEver
    /// One refusal, by nobody knows whom, is enough.
    case believesAtOnce
    /// What refuses soon, as a node with too many connections does, counts as one that has another key.
    case takesBusyForFinal
    /// The nodes that are known are all that will ever come.
    case expectsNobody
    /// Whoever came first decides which arithmetic is right.
    case trustsTheFirst
    /// A node that loses whatever it is given is hoped for, and tried, for ever.
    case hopesForEver
    /// One lost lease is enough to send a node away.
    case sendsAwayAtOnce
    /// A result is heard twice.
    case hearsTwice
    /// The journal is never written.
    case forgetsTheJournal
    /// A fault that a node reports is heard as nothing at all.
    case ignoresFaults
    /// No further node is asked about results that differ.
    case leavesDisputes
    /// The end of a connection is not noticed.
    case ignoresEnds
    /// A file gets its name when it comes, whatever its result.
    case namesAtOnce
    /// A file that counts no more stays where it is.
    case leavesFiles

    func alter(_ plan: inout RunPlan) {
        switch self {
        case .waitsForEver:
            plan.policy.suspectAfter = .max / 2
            plan.policy.deadAfter = .max / 2
            plan.policy.shortestDeadline = .max / 2
            plan.policy.unknownDeadline = .max / 2
            plan.limits.deadConnection = .max / 2
        case .isImpatient:
            plan.policy.deadlineFactor = 0.5
            plan.policy.shortestDeadline = 100_000
            plan.policy.missedDeadlines = 1
        case .preparesForEver: plan.limits.preparing = .max / 2
        case .believesAtOnce: plan.limits.believedRefusals = 1
        case .expectsNobody: plan.mayGrow = false
        case .trustsTheFirst: plan.awaitsNumerics = false
        case .hopesForEver:
            plan.policy.fruitlessLeases = .max
            plan.policy.mostFruitlessLeases = .max
        case .sendsAwayAtOnce: plan.policy.mostFruitlessLeases = 1
        case .leavesDisputes: plan.limits.opinions = 2
        case .none, .takesBusyForFinal, .hearsTwice, .forgetsTheJournal, .ignoresFaults, .ignoresEnds, .namesAtOnce,
            .leavesFiles:
            break
        }
    }

    /// What the run hears instead; nil for what has happened.
    func alter(_ event: RunEvent) -> RunEvent? {
        guard case .heard(let session, .other(let happened)) = event else { return nil }
        switch (self, happened) {
        case (.takesBusyForFinal, .closed(.refused(let refusal))) where refusal.code == .busy:
            return .heard(
                session: session, .other(.closed(.refused(LinkRefusal(.ownOptions, .key, refusal.text)))))
        case (.ignoresFaults, .message(.failed)), (.ignoresEnds, .closed):
            let nothing = Heartbeat(running: nil, waiting: 0, evaluated: 0)
            return .heard(session: session, .other(.message(.heartbeat(nothing))))
        default: return nil
        }
    }
}
