import Foundation
import Protocol
import Testing

@Suite("Transport: links in memory", .timeLimit(.minutes(2)))
struct MemoryLinkTests {
    @Test func whatIsSentBeforeTheStartWaitsForIt() {
        let (one, other) = MemoryLink<Int, String>.pair()
        one.send(1)
        one.send(2)
        one.close()
        one.send(3)
        let recorder = Recorder<Int>()
        other.start(deliver: recorder.deliver)
        #expect(recorder.closure() == .remote)
        #expect(recorder.events.first?.isOpened == true)
        #expect(recorder.events.messages == [1, 2])
    }

    @Test func nothingComesAfterOnesOwnClose() {
        let (one, other) = MemoryLink<Int, String>.pair()
        let recorder = Recorder<String>()
        one.start(deliver: recorder.deliver)
        other.send("before")
        #expect(recorder.messages(1) == ["before"])
        one.close()
        other.send("after")
        #expect(recorder.closure() == .local)
        #expect(recorder.events.messages == ["before"])
    }

    @Test func theClosureIsLetGoAtTheEnd() {
        final class Holder: Sendable {}
        let (one, other) = MemoryLink<Int, String>.pair()
        let recorder = Recorder<String>()
        weak var held: Holder?
        do {
            let holder = Holder()
            held = holder
            let deliver = recorder.deliver
            one.start { event in withExtendedLifetime(holder) { deliver(event) } }
        }
        #expect(held != nil)
        other.close()
        #expect(recorder.closure() == .remote)
        // The event came from within the last call of the closure, which ends a moment later.
        let deadline = Date(timeIntervalSinceNow: 20)
        while held != nil, Date() < deadline { usleep(1000) }
        #expect(held == nil)
    }
}
