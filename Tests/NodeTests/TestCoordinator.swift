import Foundation
import Node
import Protocol

/// The coordinator's end of a link, played by a test: what the node says is taken one by one.
final class TestCoordinator: @unchecked Sendable {
    /// Kept as long as anybody speaks with its node.
    private let bench: Bench
    private let link: MemoryLink<CoordinatorMessage, NodeMessage>
    private let mailbox = Mailbox<LinkEvent<NodeMessage>>()
    private var taken: [LinkEvent<NodeMessage>] = []

    init(_ bench: Bench, peer: String = "tester:1") {
        let (mine, theirs) = MemoryLink<CoordinatorMessage, NodeMessage>.pair()
        self.bench = bench
        link = mine
        theirs.start(deliver: bench.service.connected(theirs, peer: peer))
        mine.start { [mailbox] in mailbox.post($0) }
    }

    deinit { link.close() }

    func send(_ messages: CoordinatorMessage...) { for message in messages { link.send(message) } }
    func close() { link.close() }

    struct Silence: Error, CustomStringConvertible {
        var description = "the node said nothing for 60 s"
    }

    private func next() throws -> LinkEvent<NodeMessage> {
        if taken.isEmpty { taken = mailbox.take(until: .now() + 60) }
        guard !taken.isEmpty else { throw Silence() }
        return taken.removeFirst()
    }

    /// The next message; nil when the node has closed the link.
    func message() throws -> NodeMessage? {
        while true {
            switch try next() {
            case .message(let message): return message
            case .closed: return nil
            case .opened, .drained: continue
            }
        }
    }

    /// Asks for the status, which also shows that all that was sent before has been handled. `between` gets what the
    /// node said before the answer.
    func status(between: (NodeMessage) -> Void = { _ in }) throws -> NodeStatus? {
        send(.status)
        while let message = try message() {
            if case .status(let status) = message { return status }
            between(message)
        }
        return nil
    }

    /// Begins a job; throws what came instead of `ready`.
    @discardableResult
    func ready(_ job: Job) throws -> NodeDescription {
        send(.job(job))
        let answer = try message()
        guard case .ready(let description) = answer else { throw Unexpected(message: answer) }
        return description
    }

    func refusal(of job: Job) throws -> JobRefusal {
        send(.job(job))
        let answer = try message()
        guard case .refused(let refusal) = answer else { throw Unexpected(message: answer) }
        return refusal
    }

    /// The results of one lease, up to its end.
    func results(of lease: UInt64) throws -> [ImageResult] {
        var all: [ImageResult] = []
        while true {
            let answer = try message()
            switch answer {
            case .results(lease, let results): all += results
            case .leaseDone(lease): return all
            case .heartbeat: continue
            default: throw Unexpected(message: answer)
            }
        }
    }

    struct Unexpected: Error { let message: NodeMessage? }
}
