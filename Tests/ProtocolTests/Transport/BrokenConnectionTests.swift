import Bytes
import Foundation
import Protocol
import Testing

/// What a link says when the other end breaks off, or breaks the rules.
@Suite("Transport: broken connections", .timeLimit(.minutes(2)))
struct BrokenConnectionTests {
    /// An open conversation whose coordinator is played by the test.
    private func conversation() throws -> (TestServer, RawPeer, SecureChannel, TestServer.Client) {
        let server = try TestServer()
        let peer = try RawPeer(port: server.listener.port)
        let channel = try peer.shakeHands(as: .coordinator, trust: server.trust)
        return (server, peer, channel, try server.client())
    }

    @Test func aResetIsALoss() throws {
        let (server, peer, _, client) = try conversation()
        peer.reset()
        guard case .lost = client.recorder.closure() else {
            Issue.record("\(String(describing: client.recorder.closure()))")
            return
        }
        withExtendedLifetime(server) {}
    }

    @Test func anEndBetweenFramesIsInOrder() throws {
        let (server, peer, channel, client) = try conversation()
        var sender = channel
        sender.send(CoordinatorMessage.ping)
        peer.write(sender.takeOutgoing())
        peer.close()
        #expect(client.recorder.closure() == .remote)
        #expect(client.recorder.events.messages == [.ping])
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [1, 31, 32, 40, 55])
    func anEndWithinAFrameIsALoss(bytes: Int) throws {
        let (server, peer, channel, client) = try conversation()
        var sender = channel
        sender.send(CoordinatorMessage.ping)
        sender.send(CoordinatorMessage.cancel(lease: 7))
        let ping = FrameHeader.byteCount + FrameHeader.tagBytes
        let frames = sender.takeOutgoing()
        #expect(frames.count == 2 * ping + 8)
        peer.write(Array(frames[..<(ping + bytes)]))
        peer.close()
        guard case .lost(let reason) = client.recorder.closure() else {
            Issue.record("\(String(describing: client.recorder.closure()))")
            return
        }
        #expect(reason.contains("within a frame, after \(bytes) of its bytes"))
        #expect(client.recorder.events.messages == [.ping])
        withExtendedLifetime(server) {}
    }

    @Test func framesMayComeByteByByte() throws {
        let (server, peer, channel, client) = try conversation()
        var sender = channel
        let sent = (0..<5).map { CoordinatorMessage.cancel(lease: $0) }
        for message in sent { sender.send(message) }
        for byte in sender.takeOutgoing() { peer.write([byte]) }
        #expect(client.recorder.messages(5) == sent)
        withExtendedLifetime(server) {}
    }

    @Test func aHeaderThatClaims4GiBEndsTheConnection() throws {
        let (server, peer, _, client) = try conversation()
        var header = ByteWriter()
        // Two frames of a coordinator come in the handshake.
        FrameHeader(
            version: SecureChannel.supportedVersions.upperBound, type: 0x101, flags: 0, length: .max, sequence: 2
        ).encode(into: &header)
        let before = residentBytes()
        peer.write(header.bytes)
        guard case .garbled(let what) = client.recorder.closure() else {
            Issue.record("\(String(describing: client.recorder.closure()))")
            return
        }
        #expect(what.contains("claims 4294967295 bytes"))
        #expect(peer.readToEnd() == .end)
        // Far below 4 GiB, with room for what other tests do meanwhile.
        #expect(residentBytes() - before < 1 << 30)
        withExtendedLifetime(server) {}
    }

    @Test func anAlteredFrameIsAFaultOfTheTransport() throws {
        let (server, peer, channel, client) = try conversation()
        var sender = channel
        sender.send(CoordinatorMessage.cancel(lease: 7))
        var frame = sender.takeOutgoing()
        frame[FrameHeader.byteCount] ^= 1
        peer.write(frame)
        guard case .garbled(let what) = client.recorder.closure() else {
            Issue.record("\(String(describing: client.recorder.closure()))")
            return
        }
        #expect(what.contains("wrong tag"))
        #expect(client.recorder.events.messages.isEmpty)
        withExtendedLifetime(server) {}
    }

    @Test func aMessageThatIsMalformedIsOutOfProtocol() throws {
        let (server, peer, channel, client) = try conversation()
        var sender = channel
        // A cancel has eight bytes.
        sender.send(type: CoordinatorMessage.cancel(lease: 0).wireType, payload: [1, 2, 3])
        peer.write(sender.takeOutgoing())
        guard case .outOfProtocol(let what) = client.recorder.closure() else {
            Issue.record("\(String(describing: client.recorder.closure()))")
            return
        }
        #expect(what.contains("malformed"))
        withExtendedLifetime(server) {}
    }

    @Test func whatWasSaidBeforeAnEndIsHeardAlthoughWritingFails() throws {
        let ends = try socketPair()
        let peer = RawPeer(descriptor: ends.1)
        let trust = Trust.key(.random())
        let reactor = try Reactor()
        defer { reactor.stop() }
        let recorder = Recorder<NodeMessage>()
        let link = TCPLink<CoordinatorMessage, NodeMessage>.adopt(
            ends.0, role: .coordinator, trust: trust, reactor: reactor, deliver: recorder.deliver)
        var channel = try peer.shakeHands(as: .node, trust: trust)
        #expect(recorder.isOpened)
        // More than the kernel takes, so that this end is writing when the other one goes.
        for number in 0..<40 { link.send(largeMessage(number)) }
        for lease in 0..<20 { channel.send(NodeMessage.leaseDone(UInt64(lease))) }
        channel.send(NodeMessage.goodbye)
        peer.write(channel.takeOutgoing())
        peer.close()
        #expect(recorder.closure() != nil)
        #expect(recorder.events.messages == (0..<20).map { .leaseDone($0) } + [.goodbye])
        link.send(.drain)
        #expect(link.backlog == 0)
    }
}

/// Memory of this process that is in use; 0 where that cannot be told.
func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
}
