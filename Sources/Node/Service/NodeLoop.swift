import Protocol

/// The node's state, of which only the event loop's thread knows: connections, the one job, and the way out.
final class NodeLoop {
    /// A coordinator that says nothing for so long is gone.
    static let silenceMilliseconds: UInt64 = 30_000
    /// A second, less what one tick may come late before the next comes in time.
    static let heartbeatMilliseconds: UInt64 = 900
    /// A longer time between two ticks means that this process stood still, and nobody could be heard.
    static let stallMilliseconds: UInt64 = 3000
    /// For what lies queued on the links at the end.
    static let flushMilliseconds: UInt64 = 5000

    struct Connection {
        let link: any Link<NodeMessage>
        let peer: String
        var lastHeard: UInt64
        /// Closed here; its last event is awaited.
        var isClosing = false
    }

    /// The job that is on.
    struct Current {
        let session: JobSession
        let connection: UInt64
        let peer: String
        var prepared: PreparedJob?
        var running: Lease?
        var waiting: (lease: Lease, ahead: LeaseEvaluator.ReadAhead)?
        /// The coordinator has no more leases.
        var isDraining = false
        var evaluated: UInt64 = 0
    }

    let identity: NodeIdentity
    let resources: NodeResources
    let worker: DeviceWorker
    let log: @Sendable (String) -> Void
    private let clock: @Sendable () -> UInt64

    var connections: [UInt64: Connection] = [:]
    var current: Current?
    /// Images evaluated since the start.
    var evaluated: UInt64 = 0
    private(set) var isLeaving = false
    private(set) var isStopped = false
    /// Why the node ends, if that is its device.
    private(set) var deviceFailure: String?
    private var sessions: UInt64 = 0
    private var lastTick: UInt64
    private var lastHeartbeat: UInt64 = 0
    /// When the running lease is given up.
    private var graceEnds: UInt64 = .max
    /// When links that have not ended yet are left behind; nil before all are closed.
    private var flushEnds: UInt64?

    init(
        identity: NodeIdentity, resources: NodeResources, worker: DeviceWorker, clock: @escaping @Sendable () -> UInt64,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.identity = identity
        self.resources = resources
        self.worker = worker
        self.clock = clock
        self.log = log
        lastTick = clock()
    }

    func handle(_ event: NodeEvent) {
        switch event {
        case .connected(let number, let link, let peer):
            connections[number] = Connection(link: link, peer: peer, lastHeard: clock())
            if flushEnds != nil { close(number) }
        case .link(let number, .closed(let closure)):
            connections[number] = nil
            if current?.connection == number { endJob("\(closure)") }
        case .link(let number, .message(let message)):
            guard let connection = connections[number], !connection.isClosing else { return }
            connections[number]!.lastHeard = clock()
            receive(message, from: number)
        case .link(_, .opened), .link(_, .drained): break
        case .prepared(let session, let result): prepared(session, result)
        case .results(let session, let lease, let results): deliver(session, lease, results)
        case .leaseEnded(let session, let lease, let fault): leaseEnded(session, lease, fault)
        case .deviceFailed(let reason):
            log(reason)
            deviceFailure = reason
            leave(graceMilliseconds: 0)
        case .tick(let now): tick(now)
        case .drain(let grace): leave(graceMilliseconds: grace)
        case .stop: stop()
        }
        finishLeaving()
    }

    func makeSession(_ job: Job, _ link: any Link<NodeMessage>) -> JobSession {
        sessions += 1
        return JobSession(number: sessions, job: job, link: link, images: resources.images)
    }

    /// The device is free for the next job from here on, as soon as it has finished the batch it is at.
    func endJob(_ reason: String) {
        guard let ending = current else { return }
        current = nil
        ending.session.stop()
        log("\(ending.peer) has left: \(reason); \(ending.evaluated) images evaluated for it")
    }

    /// Ends a connection after what was sent to it.
    func close(_ number: UInt64) {
        connections[number]?.isClosing = true
        connections[number]?.link.close()
    }

    /// Ends a connection whose other end did what it may not do, or that a fault of this node ends.
    func fail(_ number: UInt64, _ reason: String) {
        connections[number]?.link.send(.failed(reason: reason))
        close(number)
        if current?.connection == number { endJob(reason) }
    }

    private func tick(_ now: UInt64) {
        let gap = now - min(lastTick, now)
        lastTick = now
        if gap > NodeLoop.stallMilliseconds {
            for number in connections.keys {
                connections[number]!.lastHeard = min(now, connections[number]!.lastHeard + gap)
            }
        }
        for (number, connection) in connections
        where !connection.isClosing && now - min(connection.lastHeard, now) >= NodeLoop.silenceMilliseconds {
            close(number)
            if current?.connection == number { endJob("nothing was heard for 30 s") }
        }
        if let current, now - min(lastHeartbeat, now) >= NodeLoop.heartbeatMilliseconds {
            lastHeartbeat = now
            current.session.link.send(
                .heartbeat(
                    Heartbeat(
                        running: current.running?.id, waiting: current.waiting == nil ? 0 : 1, evaluated: evaluated)))
        }
        if now >= graceEnds, let current {
            current.session.link.send(.goodbye)
            close(current.connection)
            endJob("the time for the running lease is over")
        }
        if let flushEnds, now >= flushEnds { isStopped = true }
    }

    private func leave(graceMilliseconds: UInt64) {
        guard !isLeaving else { return }
        isLeaving = true
        graceEnds = clock() &+ graceMilliseconds
        for connection in connections.values where !connection.isClosing {
            connection.link.send(.leaving(reason: "the node is shutting down"))
        }
        current?.waiting = nil
    }

    /// Once the running lease is done, everything ends.
    private func finishLeaving() {
        guard isLeaving, !isStopped else { return }
        if flushEnds == nil {
            guard current?.running == nil else { return }
            for (number, connection) in connections where !connection.isClosing {
                connection.link.send(.goodbye)
                close(number)
            }
            endJob("the node is shutting down")
            flushEnds = clock() + NodeLoop.flushMilliseconds
        }
        if connections.isEmpty { isStopped = true }
    }

    private func stop() {
        for number in connections.keys { close(number) }
        endJob("the node was stopped")
        isStopped = true
    }
}
