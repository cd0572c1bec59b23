import Foundation
import Protocol
import Testing

/// From an address to an open link, or to a clear reason why not.
@Suite("Transport: connecting", .timeLimit(.minutes(2)))
struct ConnectingTests {
    private typealias Link = TCPLink<CoordinatorMessage, NodeMessage>

    private func closure(of place: HostPort, timeoutSeconds: Double = 10) throws -> LinkClosure? {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let recorder = Recorder<NodeMessage>()
        _ = Link.connect(
            to: place, trust: .key(.random()), reactor: reactor, timeoutSeconds: timeoutSeconds,
            deliver: recorder.deliver)
        let closure = recorder.closure()
        #expect(recorder.events.count == 1)
        return closure
    }

    @Test func aClosedPortIsUnreachable() throws {
        let place = HostPort(host: "127.0.0.1", port: try closedPort())
        guard case .unreachable(let reason) = try closure(of: place) else {
            Issue.record("not unreachable")
            return
        }
        #expect(reason.contains(place.description))
        #expect(reason.lowercased().contains("refused"))
    }

    @Test func aNameThatDoesNotExistIsUnreachable() throws {
        // The ending is reserved for names that do not exist.
        guard case .unreachable(let reason) = try closure(of: HostPort(host: "no-such-node.invalid")) else {
            Issue.record("not unreachable")
            return
        }
        #expect(reason.hasPrefix("no-such-node.invalid:7000"))
    }

    @Test func anEndThatAcceptsAndSaysNothingIsGivenUp() throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listening) }
        #expect(withIPv4Loopback(port: 0) { bind(listening, $0, $1) } == 0 && listen(listening, 1) == 0)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listening, $0, &size) }
        }
        let reactor = try Reactor()
        defer { reactor.stop() }
        let recorder = Recorder<NodeMessage>()
        let link = Link.connect(
            to: HostPort(host: "127.0.0.1", port: UInt16(bigEndian: address.sin_port)), trust: .key(.random()),
            reactor: reactor, handshakeSeconds: 0.05, deliver: recorder.deliver)
        #expect(recorder.closure() == .lost("no handshake in time"))
        withExtendedLifetime(link) {}
    }

    @Test func ipv6LoopbackWorks() throws {
        let server: TestServer
        do { server = try TestServer(host: "::1") } catch {
            print("no IPv6 on this machine: \(error)")
            return
        }
        let (_, recorder) = server.connect()
        #expect(recorder.isOpened)
        #expect(try server.client().peer.hasPrefix("[::1]:"))
    }

    @Test func anEmptyHostListensOnAllAddresses() throws {
        let server = try TestServer(host: "")
        let (_, recorder) = server.connect(host: "127.0.0.1")
        #expect(recorder.isOpened)
        #expect(try server.client().peer.hasPrefix("127.0.0.1:"))
        guard (try? TestServer(host: "::1")) != nil else {
            print("no IPv6 on this machine")
            return
        }
        let (_, other) = server.connect(host: "::1")
        #expect(other.isOpened)
    }

    @Test func aNameWithSeveralAddressesIsTriedUntilOneAnswers() throws {
        // localhost is ::1 and 127.0.0.1 on most machines; the node listens on the second one only.
        let server = try TestServer(host: "127.0.0.1")
        let (_, recorder) = server.connect(host: "localhost")
        #expect(recorder.isOpened)
    }

    @Test func whatIsSentBeforeTheConnectionStandsGoesWhenItDoesAndCloseWaitsForIt() throws {
        let server = try TestServer()
        let (link, recorder) = server.connect()
        link.send(.cancel(lease: 1))
        link.send(.ping)
        link.close()
        link.send(.drain)
        let client = try server.client()
        #expect(client.recorder.closure() == .remote)
        #expect(client.recorder.events.messages == [.cancel(lease: 1), .ping])
        #expect(recorder.closure() == .local)
    }

    @Test func aPortInUseIsSaidWithTheAddress() throws {
        let server = try TestServer()
        let address = HostPort(host: "127.0.0.1", port: server.listener.port)
        let error = #expect(throws: TransportError.self) {
            _ = try TCPListener<NodeMessage, CoordinatorMessage>(
                address: address, trust: server.trust, reactor: server.reactor
            ) { _, _ in { _ in } }
        }
        #expect(error?.code == EADDRINUSE)
        #expect("\(String(describing: error.map(\.description)))".contains("listen on \(address)"))
    }

    @Test func aClosedListenerLeavesOpenLinksAlone() throws {
        let server = try TestServer()
        let (link, recorder) = server.connect()
        #expect(recorder.isOpened)
        let client = try server.client()
        server.listener.close()
        link.send(.ping)
        #expect(client.recorder.messages(1) == [.ping])
        #expect(recorder.events.closures.isEmpty)
        let place = HostPort(host: "127.0.0.1", port: server.listener.port)
        guard case .unreachable = try closure(of: place) else {
            Issue.record("it still listens")
            return
        }
    }
}
