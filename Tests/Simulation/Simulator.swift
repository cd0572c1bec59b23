import Bytes
import Coordinator
import Protocol

/// A coordinator's schedule and some nodes on a virtual clock, in one thread, with one seeded generator.
struct Simulator {
    enum Up {
        case ready
        case results(lease: UInt64, [(image: Int, failure: ImageFailure.Kind?)])
        case leaseDone(UInt64)
        case heartbeat
        case leaving
    }

    enum Down {
        case lease(Schedule.Order)
        case cancel(UInt64)
        case close
    }

    enum Event {
        case toNode(Int, session: Int, Down)
        case toCoordinator(Int, session: Int, Up)
        /// The coordinator sees the end of a connection.
        case closed(Int, session: Int)
        case connect(Int)
        case batch(Int, epoch: Int)
        case heartbeat(Int, instance: UInt64)
        case revive(Int)
        case tick
        case fault(Int)
    }

    /// A mistake that is made on purpose, to see that it is found.
    enum Mistake {
        case none
        /// After a crash it takes for done what was only leased.
        case resumesTooMuch
        /// The second result of an image counts as well.
        case countsTwice
        /// Silence is never death, and no lease late.
        case waitsForEver
        /// Leases are late before they could be done.
        case isImpatient
    }

    let chaos: Chaos
    let mistake: Mistake
    var random: SplitMix64
    var queue = EventQueue<Event>()
    var now: Int64 = 0
    var nodes: [SimulatedNode]
    var schedule: Schedule
    /// The results that count, by image: which survive a crash of the coordinator.
    var ledger: [Int: Int] = [:]
    var counted = 0
    /// By image, the names of the nodes whose results came, the one that counts first; they survive a crash too.
    var evaluators: [Int: [String]] = [:]
    /// When a node was there last that could evaluate an image for the second time.
    var lastVerifier: Int64 = 0
    /// Results that a crash of the coordinator can lose.
    var unflushed: [Int] = []
    var givenUp: [Int: Schedule.GiveUp] = [:]
    /// How often an image was with a node when the node was lost.
    var losses: [Int: Int] = [:]
    /// The coordinator's view: its connection to each node, and the node's number in the schedule.
    var sessions: [Int]
    var numbers: [Int?]
    var refused: [Bool]
    var lastHeard: [Int64]
    var nextSession = 1
    var stalledUntil: Int64 = 0
    var violation: String?
    var log: [String]?
    var steps = 0

    init(seed: UInt64, chaos: Chaos? = nil, mistake: Mistake = .none, isLogged: Bool = false) {
        self.chaos = chaos ?? Chaos(seed: seed)
        self.mistake = mistake
        random = SplitMix64(seed: seed)
        nodes = self.chaos.nodes.map { SimulatedNode(character: $0) }
        var policy = SchedulePolicy()
        if mistake == .waitsForEver {
            policy.suspectAfter = .max / 2
            policy.deadAfter = .max / 2
            policy.shortestDeadline = .max / 2
            policy.unknownDeadline = .max / 2
        }
        if mistake == .isImpatient {
            policy.deadlineFactor = 0.5
            policy.shortestDeadline = 100_000
            policy.missedDeadlines = 1
        }
        schedule = Schedule(
            images: self.chaos.images, policy: policy, verifyEvery: self.chaos.verifyEvery, verifySecret: seed)
        sessions = nodes.map { _ in 0 }
        numbers = nodes.map { _ in nil }
        refused = nodes.map { _ in false }
        lastHeard = nodes.map { _ in 0 }
        if isLogged { log = [] }
        for (number, node) in self.chaos.nodes.enumerated() { queue.add(.connect(number), at: node.joins) }
        for (number, fault) in self.chaos.faults.enumerated() { queue.add(.fault(number), at: fault.time) }
        queue.add(.tick, at: 0)
    }

    /// Runs to the end of the work, to a violation, or to the time by which it must be over.
    mutating func run() {
        let limit = lastMoment
        while violation == nil, !isOver {
            guard let (time, since, event) = queue.next() else { return fail("nothing will happen any more") }
            now = time
            if now > limit { return fail("it is not over after \(now / 1_000_000) s: \(schedule.remaining) images") }
            if now < stalledUntil, isCoordinators(event) {
                // What came meanwhile is handled first, or the clock.
                let isLast = chaos.ticksLast && isTick(event)
                queue.add(event, at: stalledUntil, since: isLast ? stalledUntil : since)
                continue
            }
            if let node = nodeThatActs(event), now < nodes[node].stoppedUntil {
                queue.add(event, at: nodes[node].stoppedUntil, since: since)
                continue
            }
            note("\(event)")
            handle(event)
            if schedule.remaining > 0 || schedule.canVerify { lastVerifier = now }
            steps += 1
            if chaos.images <= 400, steps % 16 == 0, let broken = schedule.brokenInvariants().first { fail(broken) }
        }
        if violation == nil { checkEnd() }
    }

    private static let verifierPatience: Int64 = 60_000_000

    /// As the conductor decides it: second evaluations are waited for while a node may do them.
    private var isOver: Bool {
        schedule.isComplete || schedule.remaining == 0 && now - lastVerifier > Simulator.verifierPatience
    }

    /// Faults are over at `healing`, or their last effect is; then the slowest good node alone could do all the work,
    /// after the longest deadline that may still have to pass, three times for each node that hangs.
    private var lastMoment: Int64 {
        let slowest = chaos.nodes.filter(\.isGood).map(\.pace).max()!
        let patience = Int64(1 + 3 * chaos.nodes.count { $0.hangs != nil }) * 130_000_000
        let evaluations = chaos.verifyEvery == nil ? 3 : 6
        let verifiers = chaos.verifyEvery == nil ? 0 : patience + Simulator.verifierPatience
        return chaos.healing + 250_000_000 + patience + verifiers + Int64(chaos.images * evaluations) * slowest
    }

    private func isTick(_ event: Event) -> Bool { if case .tick = event { true } else { false } }

    private func isCoordinators(_ event: Event) -> Bool {
        switch event {
        case .toCoordinator, .closed, .connect, .tick: true
        case .toNode, .batch, .heartbeat, .revive, .fault: false
        }
    }

    private func nodeThatActs(_ event: Event) -> Int? {
        switch event {
        case .toNode(let node, _, _), .batch(let node, _), .heartbeat(let node, _): node
        case .toCoordinator, .closed, .connect, .tick, .revive, .fault: nil
        }
    }

    mutating func fail(_ text: String) { if violation == nil { violation = text } }
    mutating func note(_ text: @autoclosure () -> String) {
        if log != nil { log!.append("\(Double(now) / 1e6) \(text())") }
    }

    mutating func latency() -> Int64 { Int64.random(in: chaos.delay, using: &random) }

    private mutating func handle(_ event: Event) {
        switch event {
        case .toNode(let node, let session, let message):
            if nodes[node].session == session { receive(message, at: node) }
        case .toCoordinator(let node, let session, let message):
            if sessions[node] == session { receive(message, from: node) }
        case .closed(let node, let session):
            if sessions[node] == session { connectionEnded(node) }
        case .connect(let node): connect(node)
        case .batch(let node, let epoch):
            if nodes[node].epoch == epoch { finishBatch(node) }
        case .heartbeat(let node, let instance):
            guard nodes[node].isAlive, nodes[node].instance == instance else { return }
            if nodes[node].session != 0 { send(.heartbeat, from: node) }
            queue.add(event, at: now + 1_000_000)
        case .revive(let node):
            nodes[node].isAlive = true
            nodes[node].isLeaving = false
            nodes[node].instance += 1
        case .tick:
            closeSilent()
            tick()
            queue.add(.tick, at: now + 100_000)
        case .fault(let number): strike(chaos.faults[number].fault)
        }
    }

    /// Every image is done, with the right result, or given up for a reason that the chaos explains.
    private mutating func checkEnd() {
        for image in 0..<chaos.images {
            switch schedule.state(of: image) {
            case .done:
                if ledger[image] != Simulator.result(of: image) {
                    fail("image \(image) has result \(ledger[image] ?? -1)")
                }
            case .failed:
                let isExplained =
                    chaos.badFiles.contains(image) || losses[image, default: 0] >= schedule.policy.attempts
                    || chaos.killers.contains(image) || chaos.nodes.contains { $0.lacks.contains(image) }
                if !isExplained { fail("image \(image) was given up without a reason") }
                if ledger[image] != nil { fail("image \(image) was given up though it has a result") }
            case .pending, .leased, .retrying: fail("image \(image) is not over")
            }
        }
        checkVerifications()
        if counted != ledger.count { fail("\(counted) results count for \(ledger.count) images") }
    }

    /// What was to be evaluated by a second node was, as long as there was one.
    private mutating func checkVerifications() {
        guard chaos.verifyEvery != nil else {
            if schedule.verifications.asked > 0 { fail("a second evaluation that nobody asked for") }
            return
        }
        let asked = ledger.keys.filter { schedule.isToBeVerified($0) }
        let done = asked.filter { Set(evaluators[$0]!).count > 1 }
        if schedule.verifications != (asked.count, done.count) {
            fail("\(schedule.verifications) second evaluations, really \((asked.count, done.count))")
        }
        if done.count < asked.count, schedule.canVerify { fail("\(asked.count - done.count) second evaluations lack") }
    }

    /// What every honest node finds.
    static func result(of image: Int) -> Int { image &* 2_654_435_761 % 1_000_003 }
}
