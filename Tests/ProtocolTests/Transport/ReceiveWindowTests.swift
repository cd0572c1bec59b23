import Foundation
import Protocol
import Testing

/// Who says more than is dealt with fills the network's buffers, and not this end's memory.
@Suite("Transport: what is not dealt with", .timeLimit(.minutes(2)))
struct ReceiveWindowTests {
    private static let limit = 1 << 20
    private static let count = 48
    private static let message = WireLimits.chunk + ReceiveWindow.messageBytes

    @Test func whatIsNotDealtWithIsNotReadOn() throws {
        let (sender, receiver, recorder, reactor) = try conversation(unhandled: Self.limit)
        defer { reactor.stop() }
        // 12 MiB, of which sockets take a part.
        for number in 0..<Self.count { sender.send(largeMessage(number)) }
        #expect(recorder.wait { $0.messages.count >= 4 })
        var most = 4
        for dealt in 0..<Self.count {
            #expect(recorder.wait { $0.messages.count > dealt }, "\(dealt): it is read on when there is room")
            let arrived = recorder.events.messages.count
            most = max(most, arrived - dealt)
            receiver.handled()
        }
        // One read of the socket beyond the limit, and what it completes.
        #expect(most <= Self.limit / Self.message + 2, "\(most) messages waited")
        #expect(sender.backlog == 0)
    }

    /// The limit is for who says what it has dealt with.
    @Test func whoDoesNotSaySoHearsAll() throws {
        let (sender, _, recorder, reactor) = try conversation(unhandled: .max)
        defer { reactor.stop() }
        for number in 0..<Self.count { sender.send(largeMessage(number)) }
        #expect(recorder.wait { $0.messages.count == Self.count })
    }

    @Test func theEndIsHeardAfterWhatCameBeforeIt() throws {
        let (sender, receiver, recorder, reactor) = try conversation(unhandled: 1)
        defer { reactor.stop() }
        sender.send(largeMessage(0))
        #expect(recorder.wait { !$0.messages.isEmpty })
        sender.close()
        receiver.handled()
        #expect(recorder.closure() == .remote)
    }

    @Test func smallMessagesCountAsValuesDo() {
        let window = ReceiveWindow(limit: 10 * ReceiveWindow.messageBytes)
        for _ in 0..<9 { window.arrived(payload: 0) }
        #expect(!window.isFull)
        window.arrived(payload: 0)
        #expect(window.isFull)
        for _ in 0..<4 { #expect(!window.handled()) }
        #expect(window.handled() && !window.isFull, "half of it is free")
        for _ in 0..<5 { #expect(!window.handled()) }
        #expect(window.bytes == 0 && !window.handled())
        for _ in 0..<30_000 {
            window.arrived(payload: 7)
            _ = window.handled()
        }
        #expect(window.bytes == 0 && !window.isFull)
    }

    private func conversation(unhandled: Int) throws -> (
        TCPLink<CoordinatorMessage, NodeMessage>, TCPLink<NodeMessage, CoordinatorMessage>,
        Recorder<CoordinatorMessage>, Reactor
    ) {
        let ends = try socketPair()
        let (key, reactor, recorder) = (Trust.key(.random()), try Reactor(), Recorder<CoordinatorMessage>())
        let sender = TCPLink<CoordinatorMessage, NodeMessage>.adopt(
            ends.0, role: .coordinator, trust: key, reactor: reactor
        ) { _ in }
        let receiver = TCPLink<NodeMessage, CoordinatorMessage>.adopt(
            ends.1, role: .node, trust: key, reactor: reactor, unhandled: unhandled, deliver: recorder.deliver)
        return (sender, receiver, recorder, reactor)
    }
}
