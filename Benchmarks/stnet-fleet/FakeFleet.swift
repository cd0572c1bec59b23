import Bytes
import Dispatch
import Evaluation
import Foundation
import Jobs
import Protocol
import SelectiveTuning

/// Many fake nodes behind one listener: each loopback address that a coordinator connects to is one of them.
final class FakeFleet: @unchecked Sendable {
    let queue = DispatchQueue(label: "fleet")
    private let reactor: Reactor
    private let speeds: [Double]
    private let batch: Int
    private var listener: TCPListener<NodeMessage, CoordinatorMessage>?
    // On `queue`.
    private var nodes: [FakeNode] = []
    private var onFirstLease: (() -> Void)?
    private var onFirstDrain: (() -> Void)?
    private var canary: String?

    var port: UInt16 { listener!.port }

    init(speeds: [Double], batch: Int, key: SharedKey) throws {
        self.speeds = speeds
        self.batch = batch
        reactor = try Reactor()
        listener = try TCPListener(
            address: HostPort(host: "0.0.0.0", port: 0), trust: .key(key), reactor: reactor,
            strangers: StrangerLimits(connections: speeds.count, seconds: 60)
        ) { [self] link, _ in
            let node = queue.sync {
                let number = nodes.count % speeds.count
                nodes.append(
                    FakeNode(name: "fake\(nodes.count)", link: link, fleet: self, speed: speeds[number], batch: batch))
                return nodes.last!
            }
            return { [queue] event in
                if case .message(let message) = event { queue.async { node.receive(message) } }
            }
        }
    }

    /// What is to be done when the work begins, and when it is over; on the fleet's queue.
    func observe(begin: @escaping @Sendable () -> Void, end: @escaping @Sendable () -> Void) {
        queue.sync { (onFirstLease, onFirstDrain) = (begin, end) }
    }

    /// What an honest node computes for the canary images: the coordinator does so too, and takes nobody else. Computed
    /// once: all jobs of a fleet are of one network.
    func canary(of job: Job, weightsPath: String = FleetJob.weightsPath) throws -> String {
        if let canary { return canary }
        let description = try JSON.parse(job.networkDescription ?? "", source: "the job")
        let own = OwnCanary(
            network: try Network(json: description, source: "the job"),
            weights: try WeightFile.open(path: weightsPath), options: try JobOptions(job.options), threads: 1)
        canary = try own.digest()
        return canary!
    }

    func leased() {
        onFirstLease?()
        onFirstLease = nil
    }

    func drained() {
        onFirstDrain?()
        onFirstDrain = nil
    }

    /// One address a node: all of 127.0.0.0/8 is this machine.
    var addresses: [String] {
        speeds.indices.map { "127.0.\($0 / 250).\($0 % 250 + 1):\(port)" }
    }
}
