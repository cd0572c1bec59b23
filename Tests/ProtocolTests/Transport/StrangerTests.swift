import Foundation
import Protocol
import Testing

/// Those who have not proved anything: they cost little and keep nobody out.
@Suite("Transport: strangers", .timeLimit(.minutes(2)))
struct StrangerTests {
    @Test func aHundredSilentConnectionsKeepNobodyOut() throws {
        // Their time is not what ends them here.
        let server = try TestServer(strangers: StrangerLimits(connections: 16, seconds: 600))
        let silent = try (0..<100).map { _ in try RawPeer(port: server.listener.port) }
        let (link, recorder) = server.connect()
        #expect(recorder.isOpened)
        let client = try server.client()
        link.send(.ping)
        client.link.send(.goodbye)
        #expect(client.recorder.messages(1) == [.ping])
        #expect(recorder.messages(1) == [.goodbye])
        // All but 16 were told to go, the oldest first.
        for peer in silent.prefix(100 - 16) { #expect(peer.readToEnd() == .end) }
        withExtendedLifetime(silent) {}
    }

    @Test func aNewcomerDropsTheOldestSilentOneWithAReason() throws {
        let server = try TestServer(strangers: StrangerLimits(connections: 2, seconds: 600, youthSeconds: 0))
        let speaking = try RawPeer(port: server.listener.port)
        var channel = SecureChannel(role: .coordinator, trust: server.trust, nonce: SecureChannel.randomNonce())
        speaking.write(channel.takeOutgoing())
        guard case .bytes(let answer) = speaking.read() else { throw TestFailure("no answer") }
        let silent = try RawPeer(port: server.listener.port)
        let newcomer = try RawPeer(port: server.listener.port)
        var other = SecureChannel(role: .coordinator, trust: server.trust, nonce: SecureChannel.randomNonce())
        guard case .bytes(let refusal) = silent.read() else { throw TestFailure("no refusal") }
        var reason: ProtocolError?
        do throws(ProtocolError) { _ = try other.receive(refusal) } catch { reason = error }
        #expect(reason?.description.contains("too many connections") == true)
        // Who has begun is left in peace.
        _ = try channel.receive(answer)
        speaking.write(channel.takeOutgoing())
        _ = try server.client()
        withExtendedLifetime(newcomer) {}
    }

    @Test func aKeyThatIsChangedHoldsForThoseWhoComeThen() throws {
        let old = SharedKey.random()
        let new = SharedKey.random()
        let server = try TestServer(trust: .key(old))
        let (first, stays) = server.connect()
        #expect(stays.isOpened)
        server.listener.use(.key(old, also: new))
        let (_, other) = server.connect(trust: .key(new))
        #expect(other.isOpened)
        server.listener.use(.key(new))
        let (_, late) = server.connect(trust: .key(old))
        #expect(late.closure()?.retry == .rarely)
        // Who is in stays in.
        first.send(.ping)
        #expect(try server.client().recorder.messages(1) == [.ping])
    }

    @Test func whoIsNotLetInIsReportedWithAddressAndReason() throws {
        let reports = Mailbox<ListenerReport>()
        let server = try TestServer(strangers: StrangerLimits(seconds: 0.2), report: { reports.post($0) })
        func reason() throws -> String {
            guard case .notLetIn(let peer, let reason)? = reports.take(until: .now() + 20).first else {
                throw TestFailure("no report")
            }
            #expect(peer.hasPrefix("127.0.0.1:"))
            return reason
        }
        let (_, wrong) = server.connect(trust: .key(.random()))
        #expect(wrong.closure() != nil)
        #expect(try reason().contains("another key"))
        let web = try RawPeer(port: server.listener.port)
        web.write(Array("GET / HTTP/1.1\r\n\u{1b}[2J".utf8))
        _ = web.readToEnd()
        web.close()
        let said = try reason()
        #expect(said.contains("does not speak stnet") && said.contains("GET / HTTP/1.1..."), "\(said)")
        let silent = try RawPeer(port: server.listener.port)
        #expect(try reason().contains("no handshake in time"))
        silent.close()
        let (_, good) = server.connect()
        #expect(good.isOpened)
        server.listener.close()
        #expect(reports.take(until: .now()).isEmpty)
    }

    @Test func silenceIsEndedByTheTimeLimit() throws {
        let server = try TestServer(strangers: StrangerLimits(seconds: 0.05))
        let silent = try RawPeer(port: server.listener.port)
        #expect(silent.readToEnd() == .end)
    }

    @Test func halfAHandshakeIsEndedByTheTimeLimit() throws {
        let server = try TestServer(strangers: StrangerLimits(seconds: 0.05))
        let slow = try RawPeer(port: server.listener.port)
        var channel = SecureChannel(role: .coordinator, trust: server.trust, nonce: SecureChannel.randomNonce())
        slow.write(Array(channel.takeOutgoing().dropLast()))
        #expect(slow.readToEnd() == .end)
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: node7\r\n\r\n", "STNT", String(repeating: "x", count: 100_000)])
    func junkInsteadOfAHandshakeIsNotAccepted(_ junk: String) throws {
        let server = try TestServer(strangers: StrangerLimits(seconds: 0.2))
        let peer = try RawPeer(port: server.listener.port)
        peer.write(Array(junk.utf8))
        let piece = peer.readToEnd()
        #expect(piece == .end || piece == .reset)
        // And the listener is none the worse.
        let (_, recorder) = server.connect()
        #expect(recorder.isOpened)
        _ = try server.client()
        #expect(server.accepted.take(until: .now()).isEmpty, "the one with the junk was not accepted")
    }

    @Test func aWrongKeyIsToldToBothEnds() throws {
        let server = try TestServer()
        let (_, recorder) = server.connect(trust: .key(.random()))
        guard case .refused(let refusal) = recorder.closure() else {
            Issue.record("\(String(describing: recorder.closure()))")
            return
        }
        #expect(refusal.text.contains("different keys"))
        #expect(recorder.events.count == 1, "it was never open")
        #expect(server.accepted.take(until: .now()).isEmpty)
    }

    @Test func aNodeLearnsThatTheCoordinatorHasAnotherKey() throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let ends = try socketPair()
        let (atNode, atCoordinator) = (Recorder<CoordinatorMessage>(), Recorder<NodeMessage>())
        let node = TCPLink<NodeMessage, CoordinatorMessage>.adopt(
            ends.0, role: .node, trust: .key(.random()), reactor: reactor, deliver: atNode.deliver)
        let coordinator = TCPLink<CoordinatorMessage, NodeMessage>.adopt(
            ends.1, role: .coordinator, trust: .key(.random()), reactor: reactor, deliver: atCoordinator.deliver)
        guard case .refused(let there) = atNode.closure(), case .refused(let here) = atCoordinator.closure() else {
            Issue.record("\(atNode.events), \(atCoordinator.events)")
            return
        }
        #expect(there.text.contains("another key"))
        #expect(here.text.contains("different keys"))
        withExtendedLifetime((node, coordinator)) {}
    }

    @Test func aCoordinatorWithoutAKeyIsRefusedByANodeWithOne() throws {
        let server = try TestServer()
        let (_, recorder) = server.connect(trust: .insecure)
        guard case .refused(let refusal) = recorder.closure() else {
            Issue.record("\(String(describing: recorder.closure()))")
            return
        }
        #expect(refusal.text.contains("--insecure"))
    }

    @Test func aCoordinatorWithAKeyIsRefusedByANodeWithoutOne() throws {
        let server = try TestServer(trust: .insecure)
        let (_, recorder) = server.connect(trust: .key(.random()))
        guard case .refused(let refusal) = recorder.closure() else {
            Issue.record("\(String(describing: recorder.closure()))")
            return
        }
        #expect(refusal.text.contains("--insecure"))
    }

    @Test func twoEndsWithoutAKeyTalkOnLoopback() throws {
        let server = try TestServer(trust: .insecure)
        let (link, recorder) = server.connect()
        #expect(recorder.isOpened)
        link.send(.ping)
        #expect(try server.client().recorder.messages(1) == [.ping])
    }

    @Test func insecureListensOnLoopbackOnly() throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let error = #expect(throws: LinkRefusal.self) {
            _ = try TCPListener<NodeMessage, CoordinatorMessage>(
                address: HostPort(host: "0.0.0.0", port: 0), trust: .insecure, reactor: reactor
            ) { _, _ in { _ in } }
        }
        #expect("\(String(describing: error))".contains("--insecure listens on loopback only"))
        let listener = try TCPListener<NodeMessage, CoordinatorMessage>(
            address: HostPort(host: "", port: 0), trust: .insecure, reactor: reactor
        ) { _, _ in { _ in } }
        #expect(listener.host == "localhost")
        listener.close()
    }

    @Test func insecureConnectsToLoopbackOnly() throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let recorder = Recorder<NodeMessage>()
        // From the range for documentation; it is refused before anything is sent.
        _ = TCPLink<CoordinatorMessage, NodeMessage>.connect(
            to: HostPort(host: "192.0.2.1", port: 7000), trust: .insecure, reactor: reactor, deliver: recorder.deliver)
        guard case .refused(let refusal) = recorder.closure() else {
            Issue.record("\(String(describing: recorder.closure()))")
            return
        }
        #expect(refusal.text.contains("--insecure connects to loopback only"))
    }
}
