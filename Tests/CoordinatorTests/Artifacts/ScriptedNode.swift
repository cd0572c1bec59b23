import Coordinator
import Foundation
import Node
import Options
import Protocol

/// A node that answers every lease as a test says, and keeps what it is told.
final class ScriptedNode: @unchecked Sendable {
    private let lock = NSLock()
    private var links: [MemoryLink<NodeMessage, CoordinatorMessage>] = []
    private var heard: [CoordinatorMessage] = []
    private let answer: @Sendable (Lease) -> [NodeMessage]

    init(_ answer: @escaping @Sendable (Lease) -> [NodeMessage]) { self.answer = answer }

    var messages: [CoordinatorMessage] { lock.withLock { heard } }

    var endpoint: Endpoint {
        Endpoint(name: "scripted", reconnects: false) { [self] deliver in
            let (here, there) = MemoryLink<CoordinatorMessage, NodeMessage>.pair()
            lock.withLock { links.append(there) }
            there.start { [self] in receive($0, there) }
            here.start(deliver: deliver)
            return here
        }
    }

    private func receive(
        _ event: LinkEvent<CoordinatorMessage>, _ link: MemoryLink<NodeMessage, CoordinatorMessage>
    ) {
        guard case .message(let message) = event else { return }
        lock.withLock { heard.append(message) }
        switch message {
        case .job:
            link.send(
                .ready(
                    NodeDescription(name: "scripted", device: "none", version: stnetVersion, numerics: "none", batch: 1)
                ))
        case .lease(let lease): for message in answer(lease) { link.send(message) }
        case .drain: link.send(.goodbye)
        default: break
        }
    }
}

/// Keeps what people are told.
final class NoteKeeper: RunReporter, @unchecked Sendable {
    private let lock = NSLock()
    private var notes: [String] = []

    var text: String { lock.withLock { notes.joined(separator: "\n") } }

    func show(_ metrics: RunMetrics) {}
    func note(_ level: NoteLevel, _ event: StaticString, _ text: String, _ fields: KeyValuePairs<String, String>) {
        lock.withLock { notes.append(text) }
    }
    func stateChanged(node: String, to state: Schedule.NodeState) {}
}
