import Foundation
import Protocol
import Synchronization
import Testing

@testable import Node

/// The node says what it has dealt with: a connection that is not told so is not read on.
@Suite("Messages that are dealt with", .timeLimit(.minutes(1)))
struct HandledTests {
    private final class Listener: Link {
        private let handledCount = Mutex(0)
        private let answers = Mailbox<NodeMessage>()
        let closed = DispatchSemaphore(value: 0)

        var handledMessages: Int { handledCount.withLock { $0 } }
        var backlog: Int { 0 }

        func send(_ message: NodeMessage) { answers.post(message) }
        func handled() { handledCount.withLock { $0 += 1 } }
        func close() { closed.signal() }
    }

    @Test func eachMessageIsDealtWithOnce() throws {
        let bench = try Bench(SmallJob())
        let link = Listener()
        let deliver = bench.service.connected(link, peer: "a:1")
        for _ in 0..<5 { deliver(.message(.status)) }
        // Without a job, the answer to this is the end.
        deliver(.message(.drain))
        #expect(link.closed.wait(timeout: .now() + 30) == .success)
        deliver(.closed(.local))
        bench.service.stopNow()
        bench.service.waitUntilStopped()
        #expect(link.handledMessages == 6)
    }
}
