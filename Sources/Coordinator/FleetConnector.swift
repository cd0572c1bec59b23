import Bytes
import Dispatch
import Jobs
import Node
import Options
import Protocol
import SelectiveTuning

/// Makes the endpoints of a run: the embedded node, or those of the hosts file and the announce directory.
final class FleetConnector: Sendable {
    /// The embedded node; others come through `source`.
    let endpoints: [Endpoint]
    let source: (any EndpointSource)?
    /// The key's file, where there is one.
    let keyPath: String?
    private let reactor: Reactor?
    private let embedded: NodeService?

    /// - Throws: what is wrong with hosts file, announce directory, key or GPUs.
    init(
        configuration: EvaluateConfiguration, inputs: EvaluateCommand.Inputs, say: @escaping @Sendable (String) -> Void
    ) throws {
        guard let fleet = configuration.fleet else {
            let service = NodeService(
                identity: NodeIdentity(name: "embedded"),
                resources: try FleetConnector.embeddedResources(configuration, inputs, say), warn: say)
            keyPath = nil
            embedded = service
            reactor = nil
            source = nil
            endpoints = [FleetConnector.endpoint(of: service)]
            return
        }
        // A name that was mistyped is better told at once than after a long wait for nodes.
        try InputOption.requireAll(
            [("nodes", fleet.nodesPath), ("announce", fleet.announcePath)].compactMap { name, path in
                path.map { InputOption(name: name, path: $0, isDefault: false) }
            })
        let files = try InputOption(name: "nodes", path: fleet.nodesPath ?? "", isDefault: false).reading {
            try FleetFiles(hosts: fleet.nodesPath, announced: fleet.announcePath)
        }
        var trust = Trust.insecure
        var path: String?
        if !fleet.isInsecure {
            let loaded = try SharedKey.load(path: fleet.keyPath)
            if loaded.isNew { say("a new key was made: \(loaded.path); nodes on other hosts need a copy of it") }
            trust = .key(loaded.key)
            path = loaded.path
        }
        keyPath = path
        inputs.weights.releasePages()
        let reactor = try Reactor()
        self.reactor = reactor
        embedded = nil
        endpoints = []
        source = FilesSource(files: files, trust: trust, reactor: reactor)
    }

    /// Ends the embedded node and every connection, after what is queued has been sent.
    func stop() {
        if let embedded {
            embedded.stopNow()
            embedded.waitUntilStopped()
        }
        reactor?.stop()
    }

    private static func embeddedResources(
        _ configuration: EvaluateConfiguration, _ inputs: EvaluateCommand.Inputs, _ say: (String) -> Void
    ) throws -> NodeResources {
        let paths = Dictionary(
            uniqueKeysWithValues: inputs.manifest.entries.compactMap { entry in
                entry.image.map { (entry.id, $0) }
            })
        let images = ImageSource.files(ImageIndex(places: paths))
        let weights = WeightsSource.file(inputs.weights, sha256: inputs.job.weightsSHA256)
        return try NodeResources.on(
            try configuration.gpu.map { try gpus($0, say) }, images: images, weights: weights,
            threads: configuration.threads, batch: configuration.batch,
            inputs: try configuration.inputCache?.open())
    }

    private static func gpus(_ choice: GPUChoice, _ say: (String) -> Void) throws -> ServedGPUs {
        do {
            return try GPU.open(choice, instead: "leave --gpu out to use the CPU", say: say)
        } catch {
            if error.status == .usage { throw UsageError(error.description) }
            throw NoSuchDevice(description: error.description)
        }
    }

    private static func endpoint(of service: NodeService) -> Endpoint {
        Endpoint(name: "embedded", reconnects: false, sharesFiles: true) { deliver in
            let (here, there) = MemoryLink<CoordinatorMessage, NodeMessage>.pair()
            there.start(deliver: service.connected(there, peer: "the coordinator"))
            here.start(deliver: deliver)
            return here
        }
    }
}

/// What the embedded node was to compute on is not there.
package struct NoSuchDevice: Error, CustomStringConvertible {
    package let description: String
}

/// Endpoints of the hosts file and the announce directory, reached over TCP.
private final class FilesSource: EndpointSource, @unchecked Sendable {
    // Used on the watcher's thread only.
    private var files: FleetFiles
    private let trust: Trust
    private let reactor: Reactor

    init(files: FleetFiles, trust: Trust, reactor: Reactor) {
        self.files = files
        self.trust = trust
        self.reactor = reactor
    }

    func refresh(isForced: Bool) -> EndpointChanges? {
        let changes = files.refresh(force: isForced)
        guard !changes.isEmpty else { return nil }
        return EndpointChanges(
            added: changes.added.map(endpoint), removed: changes.removed.map(\.description),
            problems: changes.problems.map(\.description))
    }

    private func endpoint(_ address: HostPort) -> Endpoint {
        Endpoint(name: address.description, reconnects: true) { [trust, reactor] deliver in
            TCPLink<CoordinatorMessage, NodeMessage>.connect(
                to: address, trust: trust, reactor: reactor, unhandled: LinkLimits.unhandled, deliver: deliver)
        }
    }
}
