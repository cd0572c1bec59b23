import Bytes
import Dataset
import Dispatch
import Foundation
import Jobs
import Protocol

/// Drives a `Run`: owns its clock, its mailbox, the links to nodes, and those who write files, and does what it decides.
///
/// One thread handles every event, in the order in which events come. It neither computes nor waits for a device, a node
/// or a disk's synchronisation.
public final class Conductor: @unchecked Sendable {
    /// What a run is to be driven with, beside its plan.
    public struct Surroundings: Sendable {
        public var endpoints: [Endpoint]
        /// Where endpoints come from while the run goes on.
        public var fleet: (any EndpointSource)?
        /// Opened once for the run: whatever becomes of the path, nodes get these bytes.
        public var weights: FilePieces?
        /// Computes the canary on this machine; nil for a run whose only node is in this process.
        public var ownNumerics: (@Sendable () -> String?)?
        /// The coordinator's own copy of an image; nil where it has none.
        public var image: @Sendable (Int) -> ImageLocation?
        /// Where the files of images go; nil for a run that makes none.
        public var artifacts: ArtifactFiles?

        public init(
            endpoints: [Endpoint], fleet: (any EndpointSource)? = nil, weights: FilePieces? = nil,
            artifacts: ArtifactFiles? = nil, image: @escaping @Sendable (Int) -> ImageLocation?
        ) {
            self.endpoints = endpoints
            self.fleet = fleet
            self.weights = weights
            self.artifacts = artifacts
            self.image = image
        }
    }

    enum Signal: Sendable {
        case event(RunEvent)
        case drained(session: Int)
        case fleet(EndpointChanges)
        case reread
        /// The coordinator's own copy cannot be sent to a node that has none.
        case unreadable(image: UInt32, FileError)
    }

    /// What belongs to one connection and is no decision.
    private struct Connection {
        let link: any Link<CoordinatorMessage>
        /// Streams of bytes that the node asked for.
        let stream: ByteStream
        let writer = ArtifactWriter()
        var isClosing = false
    }

    private let surroundings: Surroundings
    private let reporter: any RunReporter
    private let mailbox = Mailbox<Signal>()
    private let journal: Journal
    private let syncer: JournalSyncer
    private let ownFiles: OwnFiles

    // All below is used on the run's thread only, and after its end by whoever reads the result.
    private(set) var run: Run
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
        syncer = JournalSyncer(ledger.journal) { [mailbox] in mailbox.post(.event(.journalFailed("\($0)"))) }
        ownFiles = OwnFiles(image: surroundings.image) { [mailbox] image, copy in
            mailbox.post(.event(.ownFile(image: image, copy)))
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

    /// Runs to the end on a thread of its own.
    public func lead() async -> (ending: RunEnding, ledger: Ledger) {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                let ending = loop()
                continuation.resume(returning: (ending, run.ledger))
            }
            thread.name = "stnet.conductor"
            thread.start()
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
            if case .link(let session, .closed) = event { connections[session] = nil }
        case .drained(let session): connections[session]?.stream.drained()
        case .fleet(let changes): changeFleet(changes)
        case .unreadable(let image, let error):
            let id = run.manifest.entries[Int(image)].id
            reporter.note(
                .error, "image unreadable", "\(id): \(error)", ["image.id": id, "reason": "\(error)"])
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
            case .send(let session, let message): connections[session]?.link.send(message)
            case .close(let session):
                connections[session]?.isClosing = true
                connections[session]?.link.close()
            case .sendImage(let session, let index): connections[session]?.stream.sendImage(index)
            case .sendWeights(let session, let range): connections[session]?.stream.sendWeights(range)
            case .readOwnFile(let image): ownFiles.request(image)
            case .store(let session, let kind, let image, let bytes): store(session, kind, image, bytes)
            case .removeFiles(let image): removeFiles(image)
            case .writeJournal(let isSynced): writeJournal(isSynced: isSynced)
            case .note(let note): reporter.note(note.level, note.event, note.text, note.fields)
            case .stateChanged(let node, let state): reporter.stateChanged(node: node, to: state)
            case .end(let ending): self.ending = ending
            }
        }
    }

    private func connect(_ session: Int, to endpoint: Endpoint) {
        let link = endpoint.connect { [mailbox] event in
            if case .drained = event {
                mailbox.post(.drained(session: session))
            } else {
                mailbox.post(.event(.link(session: session, event)))
            }
        }
        connections[session] = Connection(
            link: link,
            stream: ByteStream(
                link: link, weights: surroundings.weights, image: surroundings.image,
                onFailure: { [mailbox] in mailbox.post(.event(.weightsUnreadable($0))) },
                onUnreadable: { [mailbox] in mailbox.post(.unreadable(image: $0, $1)) }))
    }

    private func store(_ session: Int, _ kind: ArtifactKind, _ image: Int, _ bytes: [UInt8]) {
        guard let files = surroundings.artifacts, let connection = connections[session] else { return }
        let path = files.path(kind, run.manifest.entries[image].id)
        connection.writer.write(bytes, to: path) { [mailbox] error in
            mailbox.post(.event(error.map { .storeFailed("\($0)") } ?? .stored(session: session, bytes: bytes.count)))
        }
    }

    private func removeFiles(_ image: Int) {
        do {
            try surroundings.artifacts?.remove(run.manifest.entries[image].id)
        } catch {
            perform(run.handle(.storeFailed("\(error)"), at: Conductor.now()))
        }
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
            if !connection.isClosing { connection.link.send(.drain) }
            connection.link.close()
            connection.writer.finish()
        }
        connections = [:]
        reporter.show(run.status(at: Conductor.now()))
        return ending
    }
}
