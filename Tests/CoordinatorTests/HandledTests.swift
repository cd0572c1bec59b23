import Dispatch
import Options
import Protocol
import Synchronization
import Testing

@testable import Coordinator

/// The conductor says what it has dealt with: a connection that is not told so is not read on.
@Suite("Messages that are dealt with", .timeLimit(.minutes(1)))
struct HandledTests {
    /// A node that says a few things and goes.
    private final class Talker: Link {
        private let count = Mutex(0)

        var handledMessages: Int { count.withLock { $0 } }
        var backlog: Int { 0 }

        func send(_ message: CoordinatorMessage) {}
        func handled() { count.withLock { $0 += 1 } }
        func close() {}
    }

    @Test func eachMessageIsDealtWithOnce() async throws {
        let talker = Talker()
        let endpoint = Endpoint(name: "talker", reconnects: false) { deliver in
            deliver(.opened)
            for _ in 0..<5 { deliver(.message(.heartbeat(Heartbeat(running: nil, waiting: 0, evaluated: 0)))) }
            deliver(.message(.refused(JobRefusal(.data, "no"))))
            deliver(.closed(.remote))
            return talker
        }
        let samples = try LedgerSamples(images: 1)
        let conductor = Conductor(
            plan: RunPlan(job: Job(network: "small", networkDescription: nil, weightsSHA256: "", options: [:])),
            manifest: samples.manifest, ledger: try samples.open(InMemoryStorage()),
            surroundings: .init(endpoints: [endpoint]) { _ in nil }, reporter: NoteKeeper())
        let ending = await conductor.lead().ending
        #expect(ending == .jobRefused(reason: "talker: no"))
        #expect(talker.handledMessages == 6)
    }
}
