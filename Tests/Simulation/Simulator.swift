import Bytes
import Dataset
import Protocol

@testable import Coordinator
@testable import Node

/// A whole fleet on a virtual clock, in one thread, with one seeded generator: the run and the nodes' loops are those
/// that ship; the network, the devices, the clock and the disk are false.
struct Simulator {
    enum Event {
        case dialled(Int)
        case toNode(Int, CoordinatorMessage?)
        case closedAtNode(Int)
        case toCoordinator(Int, LinkEvent<NodeMessage>)
        case batch(Int, instance: UInt64)
        case prepared(Int, instance: UInt64, session: UInt64)
        case crash(Int, instance: UInt64)
        case nodeTick(Int, instance: UInt64)
        case revive(Int)
        case announce(Int, Bool)
        case busy(Int)
        case free(Int)
        case ownFile(Int, generation: Int)
        case ownNumerics(generation: Int)
        case written(Arrival, [UInt8], generation: Int)
        case named(Naming, generation: Int)
        case tick
        case fault(Int)
        case resume
    }

    let seed: UInt64
    let chaos: Chaos
    let mistake: Mistake
    let manifest: Manifest
    var random: SplitMix64
    var queue = EventQueue<Event>()
    var now: Int64 = 0
    var hosts: [SimulatedHost]
    var links: [Int: SimulatedLink] = [:]
    var run: Run
    var storage = InMemoryStorage()
    /// Counts the coordinator's processes.
    var generation = 0
    var ending: RunEnding?
    /// When the run began that is on.
    var began: Int64 = 0
    var restarts = 0
    var resumptions = 0
    var isBetweenRuns = false
    var stalledUntil: Int64 = 0

    /// The files that lie beside the results, by image, and those that lie aside; until when one is written, by session, and
    /// until when names are given and taken.
    var pictures: [Int: [UInt8]] = [:]
    var aside: [Arrival: [UInt8]] = [:]
    var writers: [Int: Int64] = [:]
    var namer: Int64 = 0

    /// What is done to names, one after the other.
    enum Naming { case keep(Arrival), discard(Arrival), discardAll(Int), remove([Int]) }

    // What the promises are checked by.
    /// Hosts that had an image when they were lost, by image, in this part of the run.
    var lost: [Int: Set<Int>] = [:]
    /// Given up while a good node took part.
    var givenUpBesideGood: Set<Int> = []
    /// Attempts to connect to an endpoint, and faults that its device reported, in this part of the run.
    var tries: [Int: Int] = [:]
    var deviceFaults: [Int: Int] = [:]
    /// Attempts to connect, by endpoint, in this second and in all.
    var connects: [String: (second: Int64, count: Int)] = [:]
    var endings: [RunEnding] = []
    var lastReason = ""
    var violation: String?
    var log: [String]?
    var steps = 0

    var schedule: Schedule { run.schedule }

    init(seed: UInt64, chaos: Chaos? = nil, mistake: Mistake = .none, isLogged: Bool = false) {
        let chaos = chaos ?? Chaos(seed: seed)
        self.seed = seed
        self.chaos = chaos
        self.mistake = mistake
        manifest = SimulatedRun.manifest(chaos.images)
        random = SplitMix64(seed: seed)
        hosts = chaos.nodes.map { SimulatedHost($0, now: 0) }
        if isLogged { log = [] }
        let ledger = try! SimulatedRun.ledger(manifest, storage)
        run = Run(
            plan: RunPlan(job: SimulatedRun.job), manifest: manifest, ledger: ledger, endpoints: [], seed: seed, now: 0)
        for number in hosts.indices where chaos.nodes[number].joins == 0 { hosts[number].isAnnounced = true }
        begin(over: InMemoryStorage())
        for (number, node) in chaos.nodes.enumerated() {
            queue.add(.announce(number, true), at: node.joins)
            queue.add(.nodeTick(number, instance: 1), at: Int64(number % 10) * 100_000)
            if node.busyUntil > 0 {
                queue.add(.busy(number), at: 0)
                queue.add(.free(number), at: node.busyUntil)
            }
        }
        for (number, fault) in chaos.faults.enumerated() { queue.add(.fault(number), at: fault.time) }
        queue.add(.tick, at: 0)
    }

    /// Runs to the end of the work, to a violation, or to the time by which it must be over.
    mutating func simulate() {
        let limit = lastMoment
        while violation == nil, ending != .complete, ending == nil || chaos.hasGoodNodes {
            guard let (time, since, event) = queue.next() else { return fail("nothing will happen any more") }
            now = time
            if now > limit {
                return fail("it is not over after \(now / 1_000_000) s: \(schedule.remaining) images")
            }
            if now < stalledUntil, isCoordinators(event) {
                // What came meanwhile is handled first, or the clock.
                let isLast = chaos.ticksLast && isTick(event)
                queue.add(event, at: stalledUntil, since: isLast ? stalledUntil : since)
                continue
            }
            if let host = hostThatActs(event), now < hosts[host].stoppedUntil {
                queue.add(event, at: hosts[host].stoppedUntil, since: since)
                continue
            }
            if log != nil { note("\(event)".prefix(300).description) }
            handle(event)
            steps += 1
            if chaos.images <= 400, steps % 128 == 0 { checkAlways() }
        }
        if violation == nil, ending == .complete { checkEnd() }
    }

    private func isTick(_ event: Event) -> Bool { if case .tick = event { true } else { false } }

    private func isCoordinators(_ event: Event) -> Bool {
        switch event {
        case .toCoordinator, .tick, .announce, .ownFile, .ownNumerics, .written, .named: true
        default: false
        }
    }

    private func hostThatActs(_ event: Event) -> Int? {
        switch event {
        case .toNode(let key, _), .closedAtNode(let key): links[key]?.host
        case .batch(let host, _), .prepared(let host, _, _), .crash(let host, _), .nodeTick(let host, _): host
        default: nil
        }
    }

    mutating func fail(_ text: String) { if violation == nil { violation = text } }

    mutating func note(_ text: @autoclosure () -> String) {
        if log != nil { log!.append("\(Double(now) / 1e6) \(text())") }
    }

    mutating func latency() -> Int64 { Int64.random(in: chaos.delay, using: &random) }

    private mutating func handle(_ event: Event) {
        switch event {
        case .dialled(let key): dialled(key)
        case .toNode(let key, let message): arrive(key, message)
        case .closedAtNode(let key): closedAtNode(key)
        case .toCoordinator(let key, let event): arriveHere(key, event)
        case .batch(let host, let instance): if isThere(host, instance) { finishBatch(host) }
        case .prepared(let host, let instance, let session):
            if isThere(host, instance) { prepared(host, session: session) }
        case .crash(let host, let instance): if isThere(host, instance) { crash(host) }
        case .nodeTick(let host, let instance):
            guard isThere(host, instance) else { return }
            tell(host, .tick)
            queue.add(event, at: now + 1_000_000)
        case .revive(let host): revive(host)
        case .announce(let host, let isThere): announce(host, isThere)
        case .busy(let host): occupy(host)
        case .free(let host): release(host)
        case .ownFile(let image, let generation):
            if generation == self.generation { handle(.ownFile(image: image, SimulatedRun.copy)) }
        // Of an earlier process, it was lost with it.
        case .written(let arrival, let bytes, let generation):
            if generation == self.generation { written(arrival, bytes) }
        case .named(let naming, let generation): if generation == self.generation { named(naming) }
        case .ownNumerics(let generation):
            if generation == self.generation { handle(.ownNumerics(SimulatedRun.numerics)) }
        case .tick:
            watchHosts()
            handle(RunEvent.tick)
            queue.add(.tick, at: now + 100_000)
            if ending != nil, ending != .complete, !isBetweenRuns, chaos.hasGoodNodes { ended() }
        case .fault(let number): strike(chaos.faults[number].fault)
        case .resume:
            resumptions += 1
            isBetweenRuns = false
            begin(over: InMemoryStorage(storage.bytes))
        }
    }

    private func isThere(_ host: Int, _ instance: UInt64) -> Bool {
        hosts[host].isAlive && hosts[host].instance == instance
    }

    /// The run is over before its work is: a person sees it, and goes on with it.
    private mutating func ended() {
        endings.append(ending!)
        checkEnding()
        try? run.ledger.journal.flush()
        isBetweenRuns = true
        queue.add(.resume, at: now + 5_000_000)
    }

    // Another coordinator's job.
    private mutating func occupy(_ host: Int) {
        guard hosts[host].isAlive else { return }
        tell(host, .connected(.max, peer: "another coordinator"))
        tell(host, .message(.max, .job(SimulatedRun.job)))
    }

    private mutating func release(_ host: Int) {
        guard hosts[host].isAlive else { return }
        tell(host, .closed(.max, .remote))
    }

    private mutating func strike(_ fault: Chaos.Fault) {
        switch fault {
        case .reset(let host): for key in hosts[host].links.values.sorted() { breakLink(key) }
        case .partition(let host, let lasting, let breaks):
            hosts[host].partitionedUntil = max(hosts[host].partitionedUntil, now + lasting)
            if breaks { for key in hosts[host].links.values.sorted() { breakLink(key) } }
        case .stop(let host, let lasting):
            if hosts[host].isAlive { hosts[host].stoppedUntil = max(hosts[host].stoppedUntil, now + lasting) }
        case .kill(let host, let back): kill(host, back: back)
        case .leave(let host, let back):
            guard hosts[host].isAlive, !hosts[host].loop.isLeaving else { return }
            tell(host, .drain(graceMilliseconds: 30_000))
            queue.add(.revive(host), at: now + 60_000_000 + back)
        case .vanish(let host, let back):
            guard hosts[host].isAlive else { return }
            for key in hosts[host].links.values { links[key]!.isOverThere = true }
            die(host)
            queue.add(.revive(host), at: now + back)
        case .unannounce(let host, let back):
            guard chaos.mayGrow else { return }
            announce(host, false)
            queue.add(.announce(host, true), at: now + back)
        case .stall(let lasting): stalledUntil = max(stalledUntil, now + lasting)
        case .crash(let losesPower): if !isBetweenRuns { restart(losesPower: losesPower) }
        case .reread: handle(.reread)
        }
    }
}
