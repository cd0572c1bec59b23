import Bytes
import Evaluation
import Options
import Protocol

@testable import Coordinator

/// A run whose nodes, clock and disk are the test's: it hears what a test says, and what it decides is kept.
///
/// Endpoints are "p", "q", ...; the node at each has the name that the test gives it. Leases have two images.
struct RunBench {
    static let second: Microseconds = 1_000_000
    static let numerics = "canary"

    let samples: LedgerSamples
    let storage: InMemoryStorage
    private(set) var run: Run
    private(set) var now: Microseconds = 0
    /// All that was decided, in order.
    private(set) var actions: [RunAction] = []
    /// Sessions of which nothing is heard while time passes.
    var silent: Set<Int> = []

    init(
        images: Int = 8, endpoints: [String] = ["p", "q", "r"], storage: InMemoryStorage = InMemoryStorage(),
        hasFiles: Bool = false, _ change: (inout RunPlan) -> Void = { _ in }
    ) throws {
        samples = try LedgerSamples(images: images)
        self.storage = storage
        var plan = RunPlan(
            job: Job(
                network: "small", networkDescription: nil, weightsSHA256: "", weightsBytes: 1 << 20, options: [:])
        ) { _ in hasFiles }
        plan.policy.firstLease = 2
        plan.policy.largestLease = 2
        plan.verifySecret = 7
        change(&plan)
        run = Run(
            plan: plan, manifest: samples.manifest, ledger: try samples.open(storage),
            endpoints: endpoints.map { EndpointFacts(name: $0, reconnects: true) }, seed: 1, now: 0)
        hear(.tick)
    }

    var ending: RunEnding? { run.ending }
    /// What people were told, as "event: text".
    var notes: [String] {
        actions.compactMap { if case .note(let said) = $0 { "\(said.event): \(said.text)" } else { nil } }
    }
    func isSaid(_ event: String) -> Bool { notes.contains { $0.hasPrefix("\(event): ") } }

    /// What was decided because of the event.
    @discardableResult
    mutating func hear(_ event: RunEvent) -> [RunAction] {
        let decided = run.handle(event, at: now)
        actions += decided
        return decided
    }

    @discardableResult
    mutating func hear(_ message: NodeMessage, from session: Int) -> [RunAction] {
        hear(.heard(session: session, Heard(.message(message), run.ledger.check)))
    }

    /// Ticks, ten a second; all nodes with a connection are heard of once a second, but the silent ones.
    mutating func pass(seconds: Double) {
        for _ in 0..<Int(seconds * 10) {
            now += RunBench.second / 10
            if now / (RunBench.second / 10) % 10 == 0 {
                for id in run.sessions.keys.sorted()
                where !silent.contains(id) && run.sessions[id]!.phase != .connecting {
                    hear(.heartbeat(Heartbeat(running: nil, waiting: 0, evaluated: 0)), from: id)
                }
            }
            hear(.tick)
        }
    }

    /// The coordinator stands still: no tick, and nothing is heard.
    mutating func stall(seconds: Double) { now += Microseconds(seconds * 1e6) }

    /// The connection that is being made to an endpoint, or is there; waits for it as long as it may take.
    mutating func session(at endpoint: String, within seconds: Double = 15) -> Int? {
        for _ in 0...Int(seconds * 10) {
            if case .connected(let id)? = run.endpoints[endpoint]?.phase, run.sessions[id]?.phase == .connecting {
                return id
            }
            pass(seconds: 0.1)
        }
        return nil
    }

    struct NotDialled: Error { var endpoint: String }

    /// As `session(at:)`, and an error where there is none.
    mutating func dialled(at endpoint: String, within seconds: Double = 15) throws -> Int {
        guard let id = session(at: endpoint, within: seconds) else { throw NotDialled(endpoint: endpoint) }
        return id
    }

    /// A node at an endpoint has proved the key, and says that it is ready.
    mutating func join(
        _ name: String, at endpoint: String, instance: UInt64 = 1, devices: [String] = [],
        numerics: String = RunBench.numerics
    ) throws -> Int {
        let id = try dialled(at: endpoint)
        hear(.heard(session: id, .other(.opened)))
        hear(
            .ready(
                NodeDescription(
                    name: name, instance: instance, device: "cpu", deviceIDs: devices, version: stnetVersion,
                    numerics: numerics)), from: id)
        return id
    }

    /// Leases that were sent over a connection, in order.
    func leases(_ session: Int) -> [Lease] {
        let maker = LeaseMaker(manifest: samples.manifest, masks: nil)
        return actions.compactMap { if case .lend(session, let order) = $0 { maker.lease(order) } else { nil } }
    }

    /// The results of a lease, and its end.
    mutating func answer(_ lease: Lease, from session: Int) {
        hear(.results(lease: lease.id, lease.images.map { samples.result(Int($0.index)) }), from: session)
        hear(.leaseDone(lease.id), from: session)
    }

    /// Everything that the node is given, until nothing more comes.
    mutating func answerAll(from session: Int, after answered: Int = 0) {
        var answered = answered
        while answered < leases(session).count {
            answer(leases(session)[answered], from: session)
            answered += 1
        }
    }

    mutating func end(_ session: Int, _ closure: LinkClosure = .lost("reset")) {
        hear(.heard(session: session, .other(.closed(closure))))
    }

    /// The state of the node that a connection's messages are of.
    func state(_ name: String) -> Schedule.NodeState? { run.schedule.nodes.last { $0.name == name }?.state }

    /// A result of an image in itself without contradiction, and not the honest one.
    func other(_ image: Int, by ties: Int64 = 1) -> ImageResult {
        var found = samples.found(image)
        found.ties += ties
        return samples.result(image, found)
    }

    /// A whole map of an image, as one part.
    func map(_ image: Int, lease: UInt64) -> NodeMessage {
        let side = LedgerSamples.inputSize
        let bytes = NumPyWriter.encode([Float](repeating: 0, count: side * side), shape: [side, side])
        return .artifact(
            ArtifactChunk(
                lease: lease, index: UInt32(image), kind: .scoreMap, totalBytes: UInt32(bytes.count), offset: 0,
                bytes: bytes))
    }

    /// A map comes and is written.
    mutating func store(_ image: Int, lease: UInt64, from session: Int) {
        for case .store(let arrival, let kind, let bytes) in hear(map(image, lease: lease), from: session) {
            hear(.stored(arrival, kind, bytes: bytes.count))
        }
    }

    /// As after a settlement that leaves nobody else behind these results.
    mutating func evaluateAnew(_ images: [Int]) {
        run.evaluateAnew(images)
        hear(.tick)
    }

    /// What people are shown.
    mutating func progress() -> FleetProgress { run.status(at: now).progress }
}
