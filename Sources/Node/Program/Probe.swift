import Bytes
import Dispatch
import Protocol

/// `stnet-node --probe`: asks a node how it is.
package enum Probe {
    package static let timeoutSeconds = 10.0

    /// One line for people, and the exit status that says the same to programs.
    package static func run(
        _ place: HostPort, trust: Trust, reactor: Reactor, timeoutSeconds: Double = Probe.timeoutSeconds
    )
        -> (line: String, status: NodeExitStatus)
    {
        let mailbox = Mailbox<LinkEvent<NodeMessage>>()
        let link = TCPLink<CoordinatorMessage, NodeMessage>.connect(
            to: place, trust: trust, reactor: reactor, timeoutSeconds: timeoutSeconds
        ) { mailbox.post($0) }
        defer { link.close() }
        link.send(.status)
        let deadline = DispatchTime.now() + timeoutSeconds
        while DispatchTime.now() < deadline {
            for event in mailbox.take(until: deadline) {
                if let answer = answer(to: event, place) { return answer }
            }
        }
        return ("\(place): no answer within \(Int(timeoutSeconds)) s", .unavailable)
    }

    private static func answer(to event: LinkEvent<NodeMessage>, _ place: HostPort) -> (String, NodeExitStatus)? {
        switch event {
        case .message(.status(let status)):
            let line =
                "\(status.name): \(status.state), \(status.device), version \(status.version), "
                + "\(status.evaluated) images evaluated" + (status.note.isEmpty ? "" : "; \(status.note)")
            return (line, [.leaving, .stuck].contains(status.state) ? .unhealthy : .success)
        case .closed(.refused(let reason)): return ("\(place): refused: \(reason)", .refused)
        case .closed(let closure):
            return (
                "\(place): " + closure.description.replacing("\(place): ", with: "").replacing("\(place) (", with: "("),
                .unavailable
            )
        case .opened, .drained, .message: return nil
        }
    }
}
