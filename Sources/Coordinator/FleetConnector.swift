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
        guard let fleet = configuration.fleet else {
            let service = try FleetConnector.embeddedService(configuration, inputs)
            embedded = service
            reactor = nil
            source = nil
            endpoints = [FleetConnector.embeddedEndpoint(service)]
            return
        }
        let trust: Trust
        if fleet.isInsecure {
            trust = .insecure
        } else {
            let key = try SharedKey.load(path: fleet.keyPath)
            say("the key is \(key.origin)")
            trust = .key(key.key)
        }
        let reactor = try Reactor()
        self.reactor = reactor
        embedded = nil
        var files = try FleetFiles(hostsPath: fleet.nodesPath, announcePath: fleet.announcePath)
        _ = files
        endpoints = []
        source = nil
    }

    func stop() {
        embedded?.stopNow()
        reactor?.stop()
    }
}
