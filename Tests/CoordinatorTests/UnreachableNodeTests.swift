import Foundation
import Node
import Protocol
import Testing

@testable import Coordinator

/// A run with endpoints that nobody answers at.
@Suite struct UnreachableNodeTests {
    /// An endpoint where every attempt fails at once, for the reasons given, of which the last one stays.
    private final class AbsentNode: @unchecked Sendable {
        private let name: String
        private let reasons: [String]
        private let condition = NSCondition()
        private var attempts = 0

        init(_ name: String, _ reasons: [String]) { (self.name, self.reasons) = (name, reasons) }

        var endpoint: Endpoint {
            Endpoint(name: name, reconnects: true) { [self] deliver in
                condition.withLock {
                    deliver(.closed(.unreachable(reasons[min(attempts, reasons.count - 1)])))
                    attempts += 1
                    condition.broadcast()
                }
                return MemoryLink<CoordinatorMessage, NodeMessage>.pair().0
            }
        }

        func waitForAttempts(_ count: Int) { condition.withLock { while attempts < count { condition.wait() } } }
    }

    @Test func aNodeThatIsTriedInVainIsReportedOnceForEachReason() async throws {
        let gone = AbsentNode("gone", ["refused"])
        let changing = AbsentNode("changing", ["refused", "no answer in time"])
        let samples = try LedgerSamples(images: 1)
        let node = ScriptedNode { lease in
            gone.waitForAttempts(2)
            changing.waitForAttempts(2)
            return [.results(lease: lease.id, [samples.result(0)]), .leaseDone(lease.id)]
        }
        let plan = RunPlan(job: Job(network: "small", networkDescription: nil, weightsSHA256: "", options: [:]))
        let surroundings = Conductor.Surroundings(
            endpoints: [gone.endpoint, changing.endpoint, node.endpoint]
        ) { _ in nil }
        let notes = NoteKeeper()
        let conductor = Conductor(
            plan: plan, manifest: samples.manifest, ledger: try samples.open(InMemoryStorage()),
            surroundings: surroundings, reporter: notes)
        let ending = await conductor.lead().ending
        #expect(ending == .complete)
        let lines = notes.text.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("gone: ") } == ["gone: cannot connect: refused"])
        #expect(
            lines.filter { $0.hasPrefix("changing: ") } == [
                "changing: cannot connect: refused", "changing: cannot connect: no answer in time",
            ])
    }
}
