import Bytes
import Dataset
import Dispatch
import Jobs
import Protocol

/// Drives a `Run`: owns its clock, its mailbox, the links to nodes, and those who write files, and does what it decides.
///
/// One thread handles every event, in the order in which events come. It neither computes nor waits for a device, a node
/// or a disk's synchronisation: results are looked at, and leases made, on the connections' own queues (`Connection`).
public final class Conductor: @unchecked Sendable {
    enum Signal: Sendable {
        case event(RunEvent)
        case drained(session: Int)
        case fleet(EndpointChanges)
        case reread
    }

    private let surroundings: Surroundings
    private let reporter: any RunReporter
    private let mailbox = Mailbox<Signal>()
    private let journal: Journal
    private let syncer: JournalSyncer
    private let ownFiles: OwnFiles
    private let artifacts: ArtifactStore?
    private let check: ResultCheck
    private let leases: LeaseMaker

    // All below is used on the run's thread only. The run is given away at the end, so that nobody but the reader of the
    // result holds what a million images take.
    private var run: Run!
    private var links: [String: Endpoint] = [:]
    private var connections: [Int: Connection] = [:]
    private var ending: RunEnding?
    private var lastReport: Microseconds = 0
    /// From the start to the end of the run.
    private var watcher: FleetWatcher?

    /// - Parameter ledger: results of an earlier part of the run included.
    public init(
        plan: RunPlan, manifest: Manifest, ledger: Ledger, surroundings: Surroundings, reporter: any RunReporter
    ) {
        self.surroundings = surroundings
        self.reporter = reporter
        journal = ledger.journal
        check = ledger.check
        leases = LeaseMaker(manifest: manifest, masks: ledger.check.masks)
        syncer = JournalSyncer(ledger.journal) { [mailbox] in mailbox.post(.event(.journalFailed("\($0)"))) }
        ownFiles = OwnFiles(image: surroundings.image) { [mailbox] image, copy in
            mailbox.post(.event(.ownFile(image: image, copy)))
        }
        artifacts = surroundings.artifacts.map { [mailbox] files in
            ArtifactStore(files, journal: ledger.journal.storage) {
                manifest.entries[$0].id
            } post: {
                mailbox.post(.event($0))
            }
        }
        var plan = plan
        if let files = surroundings.artifacts {
            plan.artifactKinds = files.kinds
            plan.inputSize = files.inputSize
        }
        plan.mayGrow = surroundings.fleet != nil
        plan.awaitsNumerics = surroundings.ownNumerics != nil
        let now = Conductor.now()
        run = Run(
            plan: plan, manifest: manifest, ledger: ledger, endpoints: surroundings.endpoints.map(\.facts),
            seed: UInt64(truncatingIfNeeded: now), now: now,
            lacksFiles: { surroundings.artifacts?.isComplete(manifest.entries[$0].id) == false })
        for endpoint in surroundings.endpoints { links[endpoint.name] = endpoint }
    }

    static func now() -> Microseconds { Microseconds(DispatchTime.now().uptimeNanoseconds / 1000) }

    /// As if Ctrl-C had been pressed: no new leases, what runs comes back.
    public func interrupt() { mailbox.post(.event(.interrupt)) }
    /// Look at the hosts file again, and try again who was refused.
    public func reread() { mailbox.post(.reread) }

    /// Runs to the end on a thread of its own; once.
    func lead() async -> (ending: RunEnding, run: Run) {
        await withCheckedContinuation { continuation in
            WorkerThread.start("stnet.conductor") { [self] in
                let ending = loop()
                let finished = run!
                run = nil
                continuation.resume(returning: (ending, finished))
            }
        }
    }

    private static let tickMicroseconds: Microseconds = 100_000

    private func loop() -> RunEnding {
        var nextTick = Conductor.now()
        watcher = surroundings.fleet.map { FleetWatcher($0) { [mailbox] in mailbox.post(.fleet($0)) } }
        if let compute = surroundings.ownNumerics {
            DispatchQueue(label: "stnet.canary").async { [mailbox] in mailbox.post(.event(.ownNumerics(compute()))) }
        }
        while true {
            let wait = max(0, nextTick - Conductor.now())
            for signal in mailbox.take(until: .now() + .microseconds(Int(wait))) { handle(signal) }
            let now = Conductor.now()
            if now >= nextTick {
                nextTick = now + Conductor.tickMicroseconds
                tick(now)
            }
            if let ending { return shutDown(ending) }
        }
    }

    private func handle(_ signal: Signal) {
        switch signal {
        case .event(let event):
            perform(run.handle(event, at: Conductor.now()))
            switch event {
            case .heard(let session, .other(.closed)): connections[session] = nil
            case .heard(let session, let heard) where heard.isMessage: connections[session]?.handled()
            default: break
            }
        case .drained(let session): connections[session]?.stream.drained()
        case .fleet(let changes): changeFleet(changes)
        case .reread:
            watcher?.look()
            perform(run.handle(.reread, at: Conductor.now()))
        }
    }

    private func tick(_ now: Microseconds) {
        perform(run.handle(.tick, at: now))
        if now - lastReport >= 200_000 {
            lastReport = now
            reporter.show(run.status(at: now))
        }
    }

    private func changeFleet(_ changes: EndpointChanges) {
        for endpoint in changes.added { links[endpoint.name] = endpoint }
        let change = FleetChange(
            added: changes.added.map(\.facts), removed: changes.removed, problems: changes.problems)
        perform(run.handle(.fleet(change), at: Conductor.now()))
    }

    private func perform(_ actions: [RunAction]) {
        for action in actions {
            switch action {
            case .connect(let session, let name): connect(session, to: links[name]!)
            case .send(let session, let message): connections[session]?.send(message)
            case .lend(let session, let order): connections[session]?.send { [leases] in .lease(leases.lease(order)) }
            case .close(let session): connections[session]?.close()
            case .sendImage(let session, let index): connections[session]?.stream.sendImage(index)
            case .sendMissing(let session, let index): connections[session]?.stream.sendMissing(index)
            case .sendWeights(let session, let range): connections[session]?.stream.sendWeights(range)
            case .sendWeightsAhead(let session, let range): connections[session]?.stream.sendWeightsAhead(range)
            case .readOwnFile(let image): ownFiles.request(image)
            case .store(let arrival, let kind, let bytes): artifacts?.store(arrival, kind, bytes)
            case .keep(let arrival): artifacts?.keep(arrival)
            case .discard(let arrival): artifacts?.discard(arrival)
            case .discardAll(let session): artifacts?.discardAll(session: session)
            case .removeFiles(let images): artifacts?.removeFiles(images)
            case .writeJournal(let isSynced): writeJournal(isSynced: isSynced)
            case .note(let note): reporter.note(note.level, note.event, note.text, note.fields)
            case .stateChanged(let node, let state): reporter.stateChanged(node: node, to: state)
            case .end(let ending): self.ending = ending
            }
        }
    }

    private func connect(_ session: Int, to endpoint: Endpoint) {
        connections[session] = Connection(
            to: endpoint, check: check,
            heard: { [mailbox] in mailbox.post(.event(.heard(session: session, $0))) },
            drained: { [mailbox] in mailbox.post(.drained(session: session)) },
            stream: { [surroundings, mailbox] link in
                ByteStream(
                    link: link, weights: surroundings.weights, weightsAhead: surroundings.weightsAhead,
                    image: surroundings.image,
                    onFailure: { mailbox.post(.event(.weightsUnreadable($0))) },
                    onUnreadable: { image, error in
                        let mayPass = error.code.map { $0 != EACCES } ?? false
                        mailbox.post(
                            .event(
                                .imageUnreadable(
                                    session: session, image: image, reason: "\(error)", mayPass: mayPass)))
                    })
            })
    }

    private func writeJournal(isSynced: Bool) {
        do {
            if isSynced { try journal.mark(syncedBytes: syncer.syncedBytes) }
            try journal.flush()
            if isSynced { syncer.request(flushedBytes: journal.flushedBytes) }
        } catch {
            perform(run.handle(.journalFailed("\(error)"), at: Conductor.now()))
        }
    }

    private func shutDown(_ ending: RunEnding) -> RunEnding {
        var ending = ending
        watcher?.stop()
        do {
            try journal.flush()
            syncer.request(flushedBytes: journal.flushedBytes)
            if let failure = syncer.finish() { throw failure }
            try journal.mark(syncedBytes: syncer.syncedBytes)
            try journal.flush()
        } catch {
            // Where the run ends for that, its first reason says more.
            if case .journalFailed = ending {} else { ending = .journalFailed(reason: "\(error)") }
        }
        for connection in connections.values {
            connection.end()
        }
        connections = [:]
        if let failure = artifacts?.finish(), ending == .complete || ending == .interrupted {
            ending = .artifactFailed(reason: "\(failure)")
        }
        reporter.show(run.status(at: Conductor.now()))
        return ending
    }
}
