import Jobs
import Protocol

/// Does what a `NodeLoop` decides: owns the links, the session that is on, and the device's worker. Used on the event
/// loop's thread only.
final class NodeDriver {
    private var loop: NodeLoop
    private let resources: NodeResources
    private let worker: DeviceWorker
    private let clock: @Sendable () -> UInt64
    private let log: @Sendable (String) -> Void
    private let warn: @Sendable (String) -> Void
    private var links: [UInt64: any Link<NodeMessage>] = [:]
    private var session: JobSession?
    /// What is being read for the lease that waits.
    private var waiting: (lease: UInt64, ahead: LeaseEvaluator.ReadAhead)?

    /// What comes over links, or is for the value as it stands.
    enum Input: Sendable {
        case connected(UInt64, any Link<NodeMessage>, peer: String)
        case link(UInt64, LinkEvent<CoordinatorMessage>)
        case event(NodeEvent)
        /// With the time at which it was due: events that wait in the mailbox are no stall.
        case tick(at: UInt64)
    }

    init(
        identity: NodeIdentity, resources: NodeResources, worker: DeviceWorker, clock: @escaping @Sendable () -> UInt64,
        log: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void
    ) {
        self.warn = warn
        self.resources = resources
        self.worker = worker
        self.clock = clock
        self.log = log
        loop = NodeLoop(identity: identity, device: resources.device, at: clock())
    }

    var isStopped: Bool { loop.isStopped }
    var deviceFailure: String? { loop.deviceFailure }

    func handle(_ input: Input) {
        switch input {
        case .connected(let number, let link, let peer):
            links[number] = link
            handle(.connected(number, peer: peer))
        case .link(let number, .message(let message)):
            handle(.message(number, message))
            links[number]?.handled()
        case .link(let number, .closed(let closure)):
            links[number] = nil
            handle(.closed(number, closure))
        case .link(_, .opened), .link(_, .drained): break
        case .event(let event): handle(event)
        case .tick(let now): handle(.tick, at: now)
        }
    }

    private func handle(_ event: NodeEvent) { handle(event, at: clock()) }

    private func handle(_ event: NodeEvent, at now: UInt64) {
        for action in loop.handle(event, at: now) { perform(action) }
    }

    private func perform(_ action: NodeAction) {
        switch action {
        case .send(let number, let message): links[number]?.send(message)
        case .close(let number): links[number]?.close()
        case .log(let line): log(line)
        case .warn(let line): warn(line)
        case .prepare(let number, let job, let connection):
            guard let link = links[connection] else { return }
            let session = JobSession(number: number, job: job, link: link, images: resources.images)
            self.session = session
            worker.prepare(session)
        case .readAhead(let number, let lease):
            guard let evaluator = active(number)?.evaluator else { return }
            waiting = (lease.id, evaluator.readAhead(lease.images))
        case .dropWaiting: waiting = nil
        case .run(let number, let lease):
            guard let session = active(number) else { return }
            let ahead = waiting?.lease == lease.id ? waiting!.ahead : nil
            waiting = nil
            worker.run(lease, ahead: ahead, for: session)
        case .fetchAhead(let number, let file):
            guard let session = active(number) else { return }
            worker.fetchAhead(file, from: session.receiveAhead(file), say: log)
        case .stopSession(let number):
            active(number)?.stop()
            session = nil
            waiting = nil
        case .takeImage(let number, let chunk):
            take(number) { session throws(OutOfProtocol) in
                guard let images = session.remoteImages else {
                    throw OutOfProtocol("bytes of image \(chunk.index), which was not asked for")
                }
                try images.accept(chunk)
            }
        case .takeWeights(let number, let chunk):
            take(number) { session throws(OutOfProtocol) in
                try session.reception.accept(chunk)
            }
        case .takeStored(let number, let bytes):
            take(number) { session throws(OutOfProtocol) in
                try session.artifacts.stored(bytes: bytes)
            }
        }
    }

    private func active(_ number: UInt64) -> JobSession? { session?.number == number ? session : nil }

    private func take(_ number: UInt64, _ body: (JobSession) throws(OutOfProtocol) -> Void) {
        guard let session = active(number) else { return }
        do throws(OutOfProtocol) {
            try body(session)
        } catch {
            handle(.breach(session: number, error.description))
        }
    }
}
