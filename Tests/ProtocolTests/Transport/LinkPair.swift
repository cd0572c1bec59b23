import Foundation
import Protocol

/// What a conversation goes over. The scenarios are the same for all three.
enum Medium: CaseIterable, Sendable, CustomStringConvertible {
    case memory
    case socketPair
    case tcp

    var description: String {
        switch self {
        case .memory: "memory"
        case .socketPair: "socket pair"
        case .tcp: "loopback TCP"
        }
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A coordinator's end and a node's end that talk to each other, with what each of them was told.
final class LinkPair: @unchecked Sendable {
    let coordinator: any Link<CoordinatorMessage>
    let node: any Link<NodeMessage>
    let atCoordinator: Recorder<NodeMessage>
    let atNode: Recorder<CoordinatorMessage>
    private let reactor: Reactor?
    private let listener: TCPListener<NodeMessage, CoordinatorMessage>?

    init(
        _ medium: Medium, atCoordinator: Recorder<NodeMessage> = Recorder(),
        atNode: Recorder<CoordinatorMessage> = Recorder()
    ) throws {
        (self.atCoordinator, self.atNode) = (atCoordinator, atNode)
        switch medium {
        case .memory:
            let (one, other) = MemoryLink<CoordinatorMessage, NodeMessage>.pair()
            one.start(deliver: atCoordinator.deliver)
            other.start(deliver: atNode.deliver)
            (coordinator, node, reactor, listener) = (one, other, nil, nil)
        case .socketPair:
            let key = Trust.key(.random())
            let reactor = try Reactor()
            let ends = try socketPair()
            coordinator = TCPLink<CoordinatorMessage, NodeMessage>.adopt(
                ends.0, role: .coordinator, trust: key, reactor: reactor, deliver: atCoordinator.deliver)
            node = TCPLink<NodeMessage, CoordinatorMessage>.adopt(
                ends.1, role: .node, trust: key, reactor: reactor, deliver: atNode.deliver)
            (self.reactor, listener) = (reactor, nil)
        case .tcp:
            let key = Trust.key(.random())
            let reactor = try Reactor()
            let accepted = Mailbox<TCPLink<NodeMessage, CoordinatorMessage>>()
            let listener = try TCPListener<NodeMessage, CoordinatorMessage>(
                address: HostPort(host: "127.0.0.1", port: 0), trust: key, reactor: reactor
            ) { link, _ in
                accepted.post(link)
                return atNode.deliver
            }
            let link = TCPLink<CoordinatorMessage, NodeMessage>.connect(
                to: HostPort(host: "127.0.0.1", port: listener.port), trust: key, reactor: reactor,
                deliver: atCoordinator.deliver)
            guard let other = accepted.take(until: .now() + 20).first else { throw TestFailure("nobody came") }
            (coordinator, node, self.reactor, self.listener) = (link, other, reactor, listener)
        }
    }

    deinit {
        listener?.close()
        reactor?.stop()
    }
}

/// Two connected sockets of this process.
func socketPair() throws -> (Int32, Int32) {
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
        throw TestFailure("socketpair: \(String(cString: strerror(errno)))")
    }
    return (ends[0], ends[1])
}

/// A message of about 256 KiB, the largest chunk that the format has.
func largeMessage(_ number: Int) -> CoordinatorMessage {
    .weights(
        WeightsChunk(
            offset: UInt64(number),
            bytes: (0..<WireLimits.chunk).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ number) }))
}
