import Foundation
import Protocol

/// A node's listener with everything that comes to it; each client has a recorder of its own.
final class TestServer: @unchecked Sendable {
    typealias NodeLink = TCPLink<NodeMessage, CoordinatorMessage>
    typealias CoordinatorLink = TCPLink<CoordinatorMessage, NodeMessage>

    struct Client: Sendable {
        let link: NodeLink
        let peer: String
        let recorder: Recorder<CoordinatorMessage>
    }

    let reactor: Reactor
    let listener: TCPListener<NodeMessage, CoordinatorMessage>
    let accepted: Mailbox<Client>
    let trust: Trust
    private let host: String

    init(
        host: String = "127.0.0.1", trust: Trust = .key(.random()), strangers: StrangerLimits = .init(),
        onEvent: (@Sendable (NodeLink, LinkEvent<CoordinatorMessage>) -> Void)? = nil,
        report: @escaping @Sendable (ListenerReport) -> Void = { _ in }
    ) throws {
        let reactor = try Reactor()
        let accepted = Mailbox<Client>()
        self.reactor = reactor
        self.accepted = accepted
        self.trust = trust
        self.host = host
        listener = try TCPListener(
            address: HostPort(host: host, port: 0), trust: trust, reactor: reactor, strangers: strangers,
            report: report
        ) { link, peer in
            let recorder = Recorder<CoordinatorMessage> { event in onEvent?(link, event) }
            accepted.post(Client(link: link, peer: peer, recorder: recorder))
            return recorder.deliver
        }
    }

    deinit {
        listener.close()
        reactor.stop()
    }

    func connect(
        trust: Trust? = nil, host: String? = nil, handshakeSeconds: Double = 5
    ) -> (CoordinatorLink, Recorder<NodeMessage>) {
        let recorder = Recorder<NodeMessage>()
        let link = CoordinatorLink.connect(
            to: HostPort(host: host ?? self.host, port: listener.port), trust: trust ?? self.trust, reactor: reactor,
            handshakeSeconds: handshakeSeconds, deliver: recorder.deliver)
        return (link, recorder)
    }

    func client() throws -> Client {
        guard let client = accepted.take(until: .now() + 20).first else { throw TestFailure("nobody came") }
        return client
    }
}
