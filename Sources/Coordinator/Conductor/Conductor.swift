import Dataset
import Dispatch
import Foundation
import Node
import Protocol

/// Leads a run: connects to nodes, gives leases, takes results into the ledger, and decides when it is over.
///
/// One thread handles every event, in the order in which events come; the decisions are the schedule's. The thread
/// neither computes nor waits for a device, a node or a disk's synchronisation.
public final class Conductor: @unchecked Sendable {
    /// What the run is about and how it is to be led.
    public struct Plan: Sendable {
        public var job: Job
        public var endpoints: [Endpoint]
        /// Gives the coordinator's own copy of an image; nil where it has none.
        public var image: @Sendable (Int) -> ImageLocation?
        public var weightsPath: String
        /// Where the files of images go; nil for a run that makes none.
        public var artifacts: ArtifactFiles?
        /// SHA-256 of the coordinator's own files for the job's samples, "" where it has none.
        public var sampleDigests: [String]
        /// Whether the coordinator has a file of any of the images, for nodes that have none.
        public var hasImages = true
        /// How long to go on without any node.
        public var waitSeconds: Double = 60
        public var policy = SchedulePolicy()
        /// One of so many images is evaluated by two nodes; nil for none. Which one, nobody can tell beforehand.
        public var verifyEvery: Int?
        public var verifySecret = UInt64.random(in: 0...UInt64.max)
        /// Connects, checks and plans, leases nothing.
        public var isDryRun = false

        public init(
            job: Job, endpoints: [Endpoint], weightsPath: String, sampleDigests: [String] = [],
            image: @escaping @Sendable (Int) -> ImageLocation?
        ) {
            self.job = job
            self.endpoints = endpoints
            self.weightsPath = weightsPath
            self.sampleDigests = sampleDigests
            self.image = image
        }
    }

    /// How a run ended.
    public enum Ending: Sendable, Equatable {
        /// Each image has a result or was given up.
        case complete
        case interrupted
        /// No node is left that could go on; some had worked.
        case tooFewNodes(reason: String)
        /// No node was ever reached.
        case unreachable(reason: String)
        /// Every node refused us, or we it.
        case refused(reason: String)
        /// Every node refused the job: data, weights, network.
        case jobRefused(reason: String)
        /// The journal cannot be written any more.
        case journalFailed(reason: String)
        /// A picture or map of an image cannot be written.
        case artifactFailed(reason: String)
    }

    enum Event: Sendable {
        case link(session: Int, LinkEvent<NodeMessage>)
        case interrupt
        case reread
        case syncFailed(String)
        case artifactStored(session: Int, bytes: Int)
        case artifactFailed(String)
        case ownFile(image: Int, OwnCopy?)
    }

    let plan: Plan
    let manifest: Manifest
    let mailbox = Mailbox<Event>()
    let reporter: any RunReporter
    private let syncer: JournalSyncer
    let ownDigests: OwnFiles
    let fleetFiles: (any EndpointSource)?

    // All below is used on the run's thread only.
    var ledger: Ledger
    var schedule: Schedule
    var endpoints: [String: EndpointState] = [:]
    var endpointOrder: [String] = []
    var sessions: [Int: Session] = [:]
    var nextSession = 0
    /// By the schedule's node number.
    var members: [Int: Member] = [:]
    var failureNotes: [Int: [ImageFailure]] = [:]
    /// The coordinator's copies of images that are out on leases.
    var ownFiles: [Int: OwnFile] = [:]
    /// The numerics class of the run: that of its first node.
    var numerics: String?
    var sampleDigests: [String]
    var ending: Ending?
    /// For the back-off's jitter: when nodes are tried again does not change what they compute.
    var generator = SplitMix64(seed: UInt64(truncatingIfNeeded: Conductor.now()))
    var overallSpeed = SpeedWindow()
    var nodeSpeeds: [Int: SpeedWindow] = [:]
    var timeline = LeaseTimeline()
    var lastResult: Microseconds
    var firstLease: Microseconds?
    var completedAt: Microseconds?
    var lastMember: Microseconds
    /// When a node was there last that could evaluate an image for the second time; said once that there is none.
    var lastVerifier: Microseconds
    var saidUnverified = false
    var lastJournalWrite: Microseconds = 0
    var lastReport: Microseconds = 0
    var everOpened = false
    var everWorked = false
    var isInterrupted = false
    let start: Microseconds
    /// Images that were done when this part of the run began.
    let resumed: Int

    /// What the run knows of a node beside its schedule.
    struct Member {
        var description: NodeDescription
        var endpoint: String
        var ledgerNumber: UInt32
        var session: Int?
        var heartbeat: Heartbeat?
        var reason: String?
    }

    /// - Parameters:
    ///   - ledger: results of an earlier part of the run included.
    ///   - fleet: where endpoints come from beside `plan.endpoints`.
    public init(
        plan: Plan, manifest: Manifest, ledger: Ledger, fleet: (any EndpointSource)? = nil, reporter: any RunReporter
    ) {
        self.plan = plan
        self.manifest = manifest
        self.ledger = ledger
        self.reporter = reporter
        syncer = JournalSyncer(ledger.journal) { [mailbox] error in mailbox.post(.syncFailed("\(error)")) }
        ownDigests = OwnFiles(image: plan.image) { [mailbox] image, copy in
            mailbox.post(.ownFile(image: image, copy))
        }
        fleetFiles = fleet
        sampleDigests = plan.sampleDigests
        schedule = Schedule(
            images: manifest.entries.count, policy: plan.policy, verifyEvery: plan.verifyEvery,
            verifySecret: plan.verifySecret)
        start = Conductor.now()
        lastMember = start
        lastVerifier = start
        lastResult = start
        for index in manifest.entries.indices where ledger.isDone(index) {
            // An image whose picture was lost is evaluated once more; its result is compared with the one that counts.
            if let files = plan.artifacts, !files.isComplete(manifest.entries[index].id) { continue }
            schedule.resume(done: index)
            guard schedule.isToBeVerified(index), !ledger.isFailed(index) else { continue }
            // One whose record cannot be read makes the run invalid where it is read for the result.
            let evaluator = (try? ledger.evaluator(index)) ?? nil
            schedule.resumeVerification(
                of: index, by: evaluator ?? "", isVerified: ledger.isVerified(index))
        }
        if plan.isDryRun { _ = schedule.stop() }
        numerics = ledger.nodes.first?.numerics
        resumed = schedule.images - schedule.remaining
        for endpoint in plan.endpoints { add(endpoint) }
    }

    static func now() -> Microseconds { Microseconds(DispatchTime.now().uptimeNanoseconds / 1000) }

    /// As if Ctrl-C had been pressed: no new leases, what runs comes back.
    public func interrupt() { mailbox.post(.interrupt) }
    /// Look at the hosts file again.
    public func reread() { mailbox.post(.reread) }

    /// Runs to the end on a thread of its own.
    public func run() async -> (ending: Ending, ledger: Ledger) {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                let ending = loop()
                continuation.resume(returning: (ending, ledger))
            }
            thread.name = "stnet.conductor"
            thread.start()
        }
    }

    private static let tickMicroseconds: Microseconds = 100_000

    private func loop() -> Ending {
        var nextTick = Conductor.now()
        refreshFleet(isForced: false, now: nextTick)
        while true {
            let wait = max(0, nextTick - Conductor.now())
            for event in mailbox.take(until: .now() + .microseconds(Int(wait))) where ending == nil { handle(event) }
            let now = Conductor.now()
            if now >= nextTick {
                nextTick = now + Conductor.tickMicroseconds
                tick(now)
            }
            decideEnding(now)
            if let ending {
                shutDown()
                return ending
            }
        }
    }

    private func handle(_ event: Event) {
        let now = Conductor.now()
        switch event {
        case .link(let session, let event):
            if !hold(event, session: session, now: now) { handle(event, session: session, now: now) }
        case .artifactStored(let session, let bytes): stored(bytes: bytes, session: session, now: now)
        case .artifactFailed(let reason): ending = .artifactFailed(reason: reason)
        case .ownFile(let image, let copy): ownFile(image, copy, now: now)
        case .interrupt:
            isInterrupted = true
            perform(schedule.stop())
        case .reread: refreshFleet(isForced: true, now: now)
        case .syncFailed(let reason): ending = .journalFailed(reason: reason)
        }
    }

    private func tick(_ now: Microseconds) {
        connectDue(now)
        pingAll(now)
        perform(schedule.tick(now: now))
        if now - lastJournalWrite >= 1_000_000 {
            lastJournalWrite = now
            refreshFleet(isForced: false, now: now)
            keepJournal()
        }
        if now - lastReport >= 200_000 {
            lastReport = now
            reporter.show(status(now))
        }
    }

    /// Writes what is buffered and has it synchronised elsewhere.
    func keepJournal() {
        do {
            try ledger.journal.flush()
            syncer.request(flushedBytes: ledger.journal.flushedBytes)
        } catch {
            ending = .journalFailed(reason: "\(error)")
        }
    }

    private func shutDown() {
        do {
            try ledger.journal.flush()
            syncer.request(flushedBytes: ledger.journal.flushedBytes)
            syncer.finish()
        } catch {
            ending = .journalFailed(reason: "\(error)")
        }
        for (id, session) in sessions {
            if session.phase != .closing, session.phase != .connecting { session.link.send(.drain) }
            session.link.close()
            session.writer.finish()
            sessions[id] = nil
        }
        reporter.show(status(Conductor.now()))
    }
}
