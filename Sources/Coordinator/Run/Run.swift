import Bytes
import Dataset
import Jobs
import Protocol

/// A whole run: who is connected and in which phase, who evaluates what, what counts, and when it is over.
///
/// A pure value: events go in with the time at which they happened, actions come out. Sockets, clock, threads, files and
/// printing are the driver's (`Conductor`), so that a simulation runs what ships. Of the journal it fills the buffer;
/// when that is written, it says.
///
/// The way of an event: `handle` notes the time and leads to the part that decides.
/// - connections: `Run+Endpoints` (whom to try when), `Run+Sessions` (one connection from its first attempt to its end);
/// - messages: `Run+Messages`, in which one message's order stands, then `Run+Joining`, `Run+Results`, `Run+Artifacts`;
/// - results that differ: `Run+Disputes`; what the schedule decided: `Run+Leases`; the end: `Run+Ending`.
struct Run: Sendable {
    let plan: RunPlan
    let manifest: Manifest
    let start: Microseconds
    /// Images that were done when this part of the run began.
    let resumed: Int

    var ledger: Ledger
    var schedule: Schedule
    var endpoints: [String: EndpointState] = [:]
    /// In the order in which they came.
    var endpointOrder: [String] = []
    var sessions: [Int: Session] = [:]
    var nextSession = 0
    /// By the schedule's node number.
    var members: [Int: Member] = [:]
    /// Why images failed where they were tried, until one succeeds.
    var failureNotes: [Int: [ImageFailure]] = [:]
    /// The coordinator's copies of images that are out on leases.
    var ownFiles: [Int: OwnFile] = [:]
    /// Images that cannot be opened for nodes that have none.
    var unreadable: [UInt32: UnreadableImage] = [:]
    /// Of which images the pictures and maps lie under their names.
    var files: ImageFiles
    /// Names of nodes that found something else than the majority: they take no further part.
    var oddNames: Set<String>
    /// What decides which arithmetic is right, and which samples are.
    var reference: RunReference
    var generator: SplitMix64
    var timeline = LeaseTimeline()
    var speeds = RunSpeeds()

    var now: Microseconds
    var lastResult: Microseconds
    var firstLease: Microseconds?
    var completedAt: Microseconds?
    /// When there was something to hope for last: a node that brings results, or one that may.
    var lastHope: Microseconds
    /// When a node was there last that could evaluate an image for the second time; said once that there is none.
    var lastVerifier: Microseconds
    var saidUnverified = false
    var saidRefused = false
    var lastJournalWrite: Microseconds
    private var lastTick: Microseconds
    var everWorked = false
    var isInterrupted = false
    private(set) var ending: RunEnding?
    private var actions: [RunAction] = []

    /// What the run knows of a node beside its schedule.
    struct Member: Sendable {
        var description: NodeDescription
        var endpoint: String
        var ledgerNumber: UInt32
        var session: Int?
        var reason: String?
    }

    /// - Parameters:
    ///   - ledger: results of an earlier part of the run included.
    ///   - lacksFiles: whether a picture of an image that has a result was lost: it is evaluated anew.
    ///   - seed: for the back-off's jitter. When nodes are tried again does not change what they compute.
    init(
        plan: RunPlan, manifest: Manifest, ledger: Ledger, endpoints: [EndpointFacts], seed: UInt64, now: Microseconds,
        lacksFiles: (Int) -> Bool = { _ in false }
    ) {
        self.plan = plan
        self.manifest = manifest
        self.ledger = ledger
        oddNames = ledger.oddNodes
        reference = RunReference(plan: plan, ledger: ledger)
        generator = SplitMix64(seed: seed)
        (start, self.now) = (now, now)
        (lastHope, lastVerifier, lastResult, lastJournalWrite, lastTick) = (now, now, now, now, now)
        schedule = Schedule(
            images: manifest.entries.count, policy: plan.policy, verifyEvery: plan.verifyEvery,
            verifySecret: plan.verifySecret)
        files = ImageFiles(images: plan.artifactKinds.isEmpty ? 0 : manifest.entries.count)
        let disputed = ledger.disputes.map(\.image)
        let anew = Self.toBeDone(anew: ledger) { !plan.artifactKinds.isEmpty && lacksFiles($0) }
        for image in anew { try? self.ledger.drop(image) }
        for index in manifest.entries.indices where self.ledger.isDone(index) {
            if !plan.artifactKinds.isEmpty { files.place(index) }
            schedule.resume(done: index)
            guard schedule.isToBeVerified(index), !ledger.isFailed(index) else { continue }
            schedule.resumeVerification(
                of: index, by: ledger.evaluator(index) ?? "", isVerified: ledger.isVerified(index))
        }
        for dispute in self.ledger.disputes { schedule.dispute(dispute.image, between: dispute.evaluators) }
        if plan.isDryRun { _ = schedule.stop() }
        resumed = schedule.images - schedule.remaining
        removeFiles(of: anew + disputed)
        for endpoint in endpoints { add(endpoint) }
    }

    /// Images whose result cannot go on to count: those that only nodes in the minority evaluated, for the end of the earlier
    /// part may have come between a settlement and what follows from it, and those whose files were lost.
    /// Of a disputed image, files come with the result that decides.
    private static func toBeDone(anew ledger: Ledger, lacksFiles: (Int) -> Bool) -> [Int] {
        let unconfirmed = Set(ledger.unconfirmed(by: ledger.oddNodes))
        let disputed = Set(ledger.disputes.map(\.image))
        return (0..<ledger.images).filter { image in
            unconfirmed.contains(image)
                || ledger.isDone(image) && !ledger.isFailed(image) && !disputed.contains(image) && lacksFiles(image)
        }
    }

    /// What has to be done because of one event. After the end, nothing.
    mutating func handle(_ event: RunEvent, at now: Microseconds) -> [RunAction] {
        guard ending == nil else { return [] }
        self.now = max(self.now, now)
        switch event {
        case .tick: tick()
        case .heard(let session, let event): hear(event, session: session)
        case .stored(let arrival, _, let bytes): stored(bytes: bytes, session: arrival.session)
        case .filesRemoved(let images): filesRemoved(images)
        case .storeFailed(let reason): end(.artifactFailed(reason: reason))
        case .ownFile(let image, let copy): ownFile(image, copy)
        case .imageUnreadable(let session, let image, let reason, let mayPass):
            cannotSend(image, session: session, reason: reason, mayPass: mayPass)
        case .journalFailed(let reason): end(.journalFailed(reason: reason))
        case .weightsUnreadable(let reason): end(.weightsUnreadable(reason: reason))
        case .ownNumerics(let digest): decideNumerics(digest)
        case .fleet(let change): changeFleet(change)
        case .reread: tryAllAgain()
        case .interrupt:
            isInterrupted = true
            perform(schedule.stop(now: now))
        }
        decideEnding(after: event)
        defer { actions = [] }
        return actions
    }

    private mutating func tick() {
        forgiveStall()
        connectDue()
        watchSessions()
        sendUnreadable()
        perform(schedule.tick(now: now))
        guard now - lastJournalWrite >= 1_000_000 else { return }
        lastJournalWrite = now
        act(.writeJournal(isSynced: true))
    }

    /// The coordinator itself stood still: in that time nobody could be heard, and nothing be hoped for.
    private mutating func forgiveStall() {
        let gap = now - lastTick
        lastTick = now
        guard gap > plan.policy.stall else { return }
        lastHope = min(now, lastHope + gap)
        lastVerifier = min(now, lastVerifier + gap)
        for id in sessions.keys {
            sessions[id]!.lastHeard = min(now, sessions[id]!.lastHeard + gap)
            if sessions[id]!.prepareLimit < .max - gap { sessions[id]!.prepareLimit += gap }
        }
    }

    mutating func act(_ action: RunAction) { actions.append(action) }

    mutating func note(
        _ level: NoteLevel, _ event: StaticString, _ text: String, _ fields: KeyValuePairs<String, String> = [:]
    ) {
        actions.append(.note(RunNote(level: level, event: event, text: text, fields: fields)))
    }

    /// An image's id, or its place where it is none of the run's.
    func name(of index: UInt32) -> String {
        manifest.entries.indices.contains(Int(index)) ? manifest.entries[Int(index)].id : "image \(index)"
    }

    /// The first reason to end is the one that is told.
    mutating func end(_ ending: RunEnding) {
        guard self.ending == nil else { return }
        self.ending = ending
        actions.append(.end(ending))
    }
}
