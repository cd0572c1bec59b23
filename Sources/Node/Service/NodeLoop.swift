import Protocol

/// Everything that a node decides, as a value: who has the node, which lease runs and which one waits, who is silent,
/// when it leaves. Events and the time go in, actions come out; no link, thread, clock or device is in it, so that the
/// simulator runs what ships. `NodeDriver` does what it decides.
///
/// The way of a lease:
///
///     message(.lease) -> handle -> receive -> accept   is it allowed? the second one waits: readAhead
///                                          -> run      action run: the device's thread
///     results         -> handle -> deliver             action send(.results), batch by batch
///     leaseEnded      -> handle -> leaseEnded          action send(.leaseDone), and the one that waited runs
///
/// A job goes the same way: message(.job) -> begin -> action prepare -> prepared -> send(.ready) or send(.refused).
/// The conversation is in `NodeLoop+Job`, what passes with time in `+Time`, the end in `+Leaving`, and a device that
/// is still at work for somebody who has left in `+Device`.
struct NodeLoop: Sendable {
    struct Connection: Sendable {
        let peer: String
        var lastHeard: UInt64
        /// Closed here; its last event is awaited.
        var isClosing = false
    }

    /// The job that is on.
    struct Current: Sendable {
        let session: UInt64
        let connection: UInt64
        let peer: String
        var isPrepared = false
        var running: Lease?
        var waiting: Lease?
        /// The coordinator has no more leases.
        var isDraining = false
        /// The next job's weights were offered.
        var fetchesAhead = false
        var evaluated: UInt64 = 0

        /// The device has not answered what it was last told to do.
        var isAtDevice: Bool { !isPrepared || running != nil }
    }

    let identity: NodeIdentity
    /// For people, such as "cpu, 2 threads".
    var device: String
    /// Why it is less than it was at the start; nil while it is not.
    var lossNote: String?

    /// Milliseconds on the node's clock, which never goes back.
    var now: UInt64
    var connections: [UInt64: Connection] = [:]
    var current: Current?
    /// Images evaluated since the start.
    var evaluated: UInt64 = 0
    /// Sessions that are over, for which the device is still at work.
    var abandoned: [UInt64: Abandoned] = [:]

    var isLeaving = false
    /// Nothing more will be done.
    var isStopped = false
    /// Why the node ends, if that is its device.
    var deviceFailure: String?
    /// When the running lease is given up.
    var graceEnds: UInt64 = .max
    /// When links that have not ended yet are left behind; nil before all are closed.
    var flushEnds: UInt64?

    var sessions: UInt64 = 0
    var lastTick: UInt64
    var lastHeartbeat: UInt64 = 0
    /// Decided in the event that is being handled.
    private var actions: [NodeAction] = []

    init(identity: NodeIdentity, device: String, at now: UInt64) {
        self.identity = identity
        self.device = device
        self.now = now
        lastTick = now
    }

    /// What is to be done about an event, in order. `now` in milliseconds.
    mutating func handle(_ event: NodeEvent, at now: UInt64) -> [NodeAction] {
        guard !isStopped else { return [] }
        self.now = max(self.now, now)
        defer { actions = [] }
        switch event {
        case .connected(let number, let peer):
            connections[number] = Connection(peer: peer, lastHeard: self.now)
            if flushEnds != nil { close(number) }
        case .closed(let number, let closure):
            connections[number] = nil
            if current?.connection == number { endJob("\(closure)") }
        case .message(let number, let message):
            guard let connection = connections[number], !connection.isClosing else { return [] }
            connections[number]!.lastHeard = self.now
            receive(message, from: number)
        case .prepared(let session, let result): prepared(session, result)
        case .preparationLeft(let session): deviceCameBack(from: session)
        case .results(let session, let lease, let results): deliver(session, lease, results)
        case .leaseEnded(let session, let lease, let fault): leaseEnded(session, lease, fault)
        case .deviceLost(let loss): deviceLost(loss)
        case .deviceFailed(let reason): deviceFailed(reason)
        case .breach(let session, let what):
            if let current, current.session == session { fail(current.connection, "out of protocol: \(what)") }
        case .tick: tick()
        case .drain(let grace): leave(graceMilliseconds: grace)
        case .stop: stop()
        }
        finishLeaving()
        return actions
    }

    /// To be done after what was decided before in the same event.
    mutating func act(_ action: NodeAction) { actions.append(action) }

    mutating func send(_ number: UInt64, _ message: NodeMessage) { act(.send(number, message)) }

    mutating func log(_ line: String) { act(.log(line)) }

    /// In the order in which they came, so that the same events give the same actions.
    var openConnections: [UInt64] { connections.keys.sorted().filter { !connections[$0]!.isClosing } }

    /// Ends a connection after what was sent to it.
    mutating func close(_ number: UInt64) {
        guard connections[number]?.isClosing == false else { return }
        connections[number]!.isClosing = true
        act(.close(number))
    }

    /// Ends a connection whose other end did what it may not do, or that a fault of this node ends.
    mutating func fail(_ number: UInt64, _ reason: String) {
        send(number, .failed(reason: reason))
        close(number)
        if current?.connection == number { endJob(reason) }
    }

    /// The node is free for the next job from here on, and the device as soon as it has finished the batch it is at.
    mutating func endJob(_ reason: String) {
        guard let ending = current else { return }
        current = nil
        if ending.isAtDevice { abandoned[ending.session] = Abandoned(peer: ending.peer, since: now) }
        act(.stopSession(ending.session))
        log("\(ending.peer) has left: \(reason); \(ending.evaluated) images evaluated for it")
    }
}
