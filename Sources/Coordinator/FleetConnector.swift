import Foundation
import Node
import Options
import Protocol

/// Makes the endpoints of a run: the embedded node, or those of the hosts file and the announce directory.
final class FleetConnector: @unchecked Sendable {
    let endpoints: [Endpoint]
    let source: (any EndpointSource)?
    private let reactor: Reactor?
    private let embedded: NodeService?

    init(configuration: EvaluateConfiguration, inputs: EvaluateCommand.Inputs, say: @escaping @Sendable (String) -> Void)
        throws
    {
        reactor = nil; source = nil; embedded = nil; endpoints = []
    }

    func stop() {
        embedded?.stopNow()
        reactor?.stop()
    }
}
