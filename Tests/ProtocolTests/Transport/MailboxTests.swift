import Dispatch
import Foundation
import Protocol
import Testing

@Suite("Mailbox", .timeLimit(.minutes(2)))
struct MailboxTests {
    @Test func eventsOfManyThreadsComeOnceAndEachThreadsInOrder() {
        let mailbox = Mailbox<(thread: Int, number: Int)>()
        let (threads, count) = (4, 2000)
        for thread in 0..<threads {
            Thread.detachNewThread { for number in 0..<count { mailbox.post((thread, number)) } }
        }
        var next = [Int](repeating: 0, count: threads)
        while next.reduce(0, +) < threads * count {
            let events = mailbox.take(until: .now() + 60)
            if events.isEmpty { break }
            for event in events {
                #expect(next[event.thread] == event.number)
                next[event.thread] = event.number + 1
            }
        }
        #expect(next == [Int](repeating: count, count: threads))
        #expect(mailbox.take(until: .now()).isEmpty)
    }

    @Test func anEventEndsAWaitWithoutADeadline() {
        let mailbox = Mailbox<Int>()
        Thread.detachNewThread {
            usleep(20_000)
            mailbox.post(7)
        }
        #expect(mailbox.take(until: .distantFuture) == [7])
    }

    @Test(arguments: [DispatchTime(uptimeNanoseconds: 1), .now(), .now() + .milliseconds(20)])
    func aDeadlineEndsTheWaitAndNotBefore(_ deadline: DispatchTime) {
        #expect(Mailbox<Int>().take(until: deadline).isEmpty)
        #expect(DispatchTime.now() >= deadline)
    }
}

/// On Linux the timed waits of Dispatch and Foundation end at a time of the wall clock, which people and time servers
/// set. Whatever waits for a time waits in a `Mailbox` or in `poll`.
@Suite("Timed waits") struct TimedWaitTests {
    private static let forbidden = [
        "wait(timeout:", "wait(until:", "wait(wallTimeout:", "asyncAfter", "wallDeadline", "sem_timedwait",
        "pthread_cond_timedwait(", "Timer.scheduled", "RunLoop", "lock(before:", "condition(before:",
    ]
    /// Where the name is on the monotonic clock.
    private static let allowed = ["CKernels/wait/ck_condition.c"]

    @Test func noSourceWaitsOnTheWallClock() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(atPath: sources.path))
        var seen = 0
        for case let file as String in files where file.hasSuffix(".swift") || file.hasSuffix(".c") {
            guard !Self.allowed.contains(file) else { continue }
            seen += 1
            let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
            for name in Self.forbidden where text.contains(name) {
                Issue.record("\(file) has \(name)…: a step of the wall clock would make it wait for as long")
            }
        }
        #expect(seen > 100)
    }
}
