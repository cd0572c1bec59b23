import Foundation
import Protocol
import Testing

/// What happens when the other end reads slowly, or not at all.
@Suite("Transport: backlog", .timeLimit(.minutes(2)))
struct BacklogTests {
    private typealias Link = TCPLink<CoordinatorMessage, NodeMessage>

    @Test func aSlowReaderIsWaitedForAndDrainedIsSaidOnce() throws {
        let (link, peer, recorder, channel, reactor) = try conversation()
        defer { reactor.stop() }
        // Nobody reads yet, so this stays above the high-water mark whatever the kernel's buffers take.
        let count = 64
        for number in 0..<count { link.send(largeMessage(number)) }
        #expect(link.backlog > LinkLimits.highWater)
        var reader = channel
        var received: [CoordinatorMessage] = []
        while received.count < count, case .bytes(let bytes) = peer.read() {
            received += try reader.receive(bytes, as: CoordinatorMessage.self)
        }
        #expect(received == (0..<count).map(largeMessage))
        #expect(recorder.wait { $0.contains(where: \.isDrained) })
        link.close()
        #expect(peer.readToEnd() == .end)
        peer.close()
        #expect(recorder.closure() == .local)
        #expect(recorder.events.filter(\.isDrained).count == 1)
        #expect(link.backlog == 0)
    }

    @Test func whoDoesNotReadIsGivenUpAt16MiB() throws {
        let (link, peer, recorder, _, reactor) = try conversation()
        defer { reactor.stop() }
        let message = largeMessage(0)
        // 50 MiB: the kernel's buffers do not take a third of it.
        for _ in 0..<200 {
            link.send(message)
            #expect(link.backlog <= 16 << 20 + 1 << 20)
        }
        guard case .lost(let reason) = recorder.closure() else {
            Issue.record("\(String(describing: recorder.closure()))")
            return
        }
        #expect(reason.contains("does not read"))
        #expect(link.backlog == 0)
        peer.close()
    }

    @Test func closingDoesNotWaitForWhoDoesNotRead() throws {
        let (link, peer, recorder, _, reactor) = try conversation()
        defer { reactor.stop() }
        for number in 0..<64 { link.send(largeMessage(number)) }
        link.close()
        #expect(recorder.closure() == .local)
        peer.close()
    }

    /// A link whose other end is played by the test.
    private func conversation() throws -> (Link, RawPeer, Recorder<NodeMessage>, SecureChannel, Reactor) {
        let ends = try socketPair()
        let peer = RawPeer(descriptor: ends.1)
        let trust = Trust.key(.random())
        let reactor = try Reactor()
        let recorder = Recorder<NodeMessage>()
        let link = Link.adopt(
            ends.0, role: .coordinator, trust: trust, reactor: reactor, deliver: recorder.deliver)
        let channel = try peer.shakeHands(as: .node, trust: trust)
        guard recorder.isOpened else { throw TestFailure("not opened") }
        return (link, peer, recorder, channel, reactor)
    }
}

@Suite("Transport: the queue of what is to be sent")
struct SendQueueTests {
    @Test func bytesLeaveInTheOrderInWhichTheyCame() {
        var queue = SendQueue()
        var expected: [UInt8] = []
        var left: [UInt8] = []
        for round in 0..<600 {
            let new = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 10_000)
            expected += new
            queue.append(new)
            let taken = queue.withNext(7_777) { Array($0) }
            left += taken
            queue.remove(taken.count)
            #expect(queue.count == expected.count - left.count)
        }
        while !queue.isEmpty {
            let taken = queue.withNext(100_000) { Array($0) }
            left += taken
            queue.remove(taken.count)
        }
        #expect(left == expected)
    }

    @Test func drainedIsSaidOnceAfterEachRise() {
        var queue = SendQueue()
        var said: [Bool] = []
        queue.append([UInt8](repeating: 0, count: LinkLimits.highWater - 1))
        queue.remove(LinkLimits.highWater - 1)
        said.append(queue.takeDrained())
        #expect(said == [false], "it never got there")
        // A stream stops at exactly this many bytes: it must be told there, too, when to go on.
        for more in [0, 1] {
            said = []
            queue.append([UInt8](repeating: 0, count: LinkLimits.highWater + more))
            said.append(queue.takeDrained())
            queue.remove(LinkLimits.highWater + more - LinkLimits.lowWater)
            said.append(queue.takeDrained())
            queue.remove(1)
            said.append(queue.takeDrained())
            said.append(queue.takeDrained())
            #expect(said == [false, false, true, false])
            queue.removeAll()
        }
    }
}
