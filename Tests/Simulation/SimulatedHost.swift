import Coordinator
import Options
import Protocol

@testable import Node

/// A place where a node's process runs; which process, changes.
struct SimulatedHost {
    let character: Chaos.Character
    /// Counts the processes; 0 before the first.
    var instance: UInt64 = 1
    var isAlive = true
    /// The node's own state machine, as it ships.
    var loop: NodeLoop
    /// By the node's number of the connection, the link.
    var links: [UInt64: Int] = [:]
    var nextConnection: UInt64 = 1
    var stoppedUntil: Int64 = 0
    var partitionedUntil: Int64 = 0
    /// What the device is at: a session's lease, and how far it is.
    var lease: (session: UInt64, Lease)?
    var position = 0
    /// The session that the device prepares for, and those that wait for it: it does one thing at a time.
    var preparing: UInt64?
    var waiting: [UInt64] = []
    /// Sessions that are over: the device leaves their leases at the next batch.
    var stopped: Set<UInt64> = []
    var evaluated = 0
    /// Since when it can be reached, alive and willing; nil while it cannot.
    var reachableSince: Int64?
    var isAnnounced = false

    init(_ character: Chaos.Character, now: Int64) {
        self.character = character
        loop = Self.loop(character, instance: 1, now: now)
    }

    static func loop(_ character: Chaos.Character, instance: UInt64, now: Int64) -> NodeLoop {
        NodeLoop(
            identity: NodeIdentity(name: character.name, instance: instance), device: "simulated",
            at: UInt64(now / 1000))
    }
}

// What happens in one host: its node's decisions, and its device's work.

extension Simulator {
    /// Gives an event to the node's state machine, and does what it decides.
    mutating func tell(_ host: Int, _ event: NodeEvent) {
        guard hosts[host].isAlive else { return }
        note("  n\(host) \(event)")
        for action in hosts[host].loop.handle(event, at: UInt64(now / 1000)) { perform(action, host) }
        if hosts[host].loop.isStopped { die(host) }
    }

    private mutating func perform(_ action: NodeAction, _ host: Int) {
        switch action {
        case .send(let connection, let message):
            if let link = hosts[host].links[connection] { sendUp(link, .message(message)) }
        case .close(let connection):
            if let link = hosts[host].links[connection] { closeFromNode(link) }
        case .prepare(let session, _, _): prepare(session, host)
        case .run(let session, let lease):
            hosts[host].lease = (session, lease)
            hosts[host].position = 0
            nextBatch(host)
        case .stopSession(let session): hosts[host].stopped.insert(session)
        case .readAhead, .fetchAhead, .dropWaiting, .takeImage, .takeWeights, .takeStored, .log, .warn: break
        }
    }

    private mutating func prepare(_ session: UInt64, _ host: Int) {
        guard hosts[host].lease == nil, hosts[host].preparing == nil else {
            return hosts[host].waiting.append(session)
        }
        hosts[host].preparing = session
        let character = hosts[host].character
        if character.preparesForEver { return }
        queue.add(.prepared(host, instance: hosts[host].instance, session: session), at: now + character.preparing)
    }

    /// The device has nothing to do: somebody may wait for it.
    private mutating func isFree(_ host: Int) {
        guard hosts[host].isAlive, hosts[host].lease == nil, !hosts[host].waiting.isEmpty else { return }
        prepare(hosts[host].waiting.removeFirst(), host)
    }

    mutating func prepared(_ host: Int, session: UInt64) {
        hosts[host].preparing = nil
        defer { isFree(host) }
        guard hosts[host].stopped.remove(session) == nil else { return tell(host, .preparationLeft(session: session)) }
        let character = hosts[host].character
        guard !character.lacksWeights else {
            return tell(host, .prepared(session: session, .failure(JobRefused(.weights, "cannot be read"))))
        }
        tell(
            host,
            .prepared(
                session: session,
                .success(
                    NodeDescription(
                        name: character.name, instance: hosts[host].loop.identity.instance, device: "simulated",
                        version: stnetVersion,
                        numerics: character.isOther ? "other" : SimulatedRun.numerics, batch: UInt32(character.batch),
                        images: UInt32(chaos.images)))))
    }

    private mutating func nextBatch(_ host: Int) {
        guard let (_, lease) = hosts[host].lease else { return }
        let character = hosts[host].character
        if character.crashes { return queue.add(.crash(host, instance: hosts[host].instance), at: now + 1000) }
        if let hangs = character.hangs, now >= hangs { return }
        let count = min(character.batch, lease.images.count - hosts[host].position)
        queue.add(.batch(host, instance: hosts[host].instance), at: now + max(1, Int64(count) * character.pace))
    }

    /// The device has done a batch.
    mutating func finishBatch(_ host: Int) {
        defer { isFree(host) }
        guard let (session, lease) = hosts[host].lease else { return }
        let character = hosts[host].character
        if hosts[host].stopped.contains(session) {
            hosts[host].lease = nil
            hosts[host].stopped.remove(session)
            return tell(host, .leaseEnded(session: session, lease: lease.id, fault: nil))
        }
        let start = hosts[host].position
        let end = min(lease.images.count, start + character.batch)
        let places = lease.images[start..<end].map { Int($0.index) }
        if places.contains(where: chaos.killers.contains) { return crash(host) }
        hosts[host].evaluated += places.count
        if let after = character.faultsAfter, hosts[host].evaluated >= after {
            hosts[host].evaluated = 0
            hosts[host].lease = nil
            return tell(
                host,
                .leaseEnded(session: session, lease: lease.id, fault: DeviceFault(reason: "out of memory")))
        }
        let isEarly = character.isSloppy && lease.images.count > 1 && end == lease.images.count
        let results = (isEarly ? places.dropLast() : places[...]).map { found($0, by: character) }
        hosts[host].position = end
        if chaos.pictures != nil { sendPictures(results, lease.id, session, host) }
        if !results.isEmpty { tell(host, .results(session: session, lease: lease.id, results)) }
        guard hosts[host].isAlive, hosts[host].lease?.session == session else { return }
        guard end == lease.images.count else { return nextBatch(host) }
        hosts[host].lease = nil
        hosts[host].stopped.remove(session)
        tell(host, .leaseEnded(session: session, lease: lease.id, fault: nil))
    }

    /// As the device's thread does, past the loop: the files of a batch go before its results.
    private mutating func sendPictures(_ results: [ImageResult], _ lease: UInt64, _ session: UInt64, _ host: Int) {
        guard let current = hosts[host].loop.current, current.session == session,
            let link = hosts[host].links[current.connection]
        else { return }
        for result in results {
            guard case .evaluated(let found) = result.outcome else { continue }
            let bytes = SimulatedRun.picture(of: found)
            sendUp(
                link,
                .message(
                    .artifact(
                        ArtifactChunk(
                            lease: lease, index: result.index, kind: .scoreMap, totalBytes: UInt32(bytes.count),
                            offset: 0, bytes: bytes))))
        }
    }

    private func found(_ image: Int, by character: Chaos.Character) -> ImageResult {
        if chaos.badFiles.contains(image) { return SimulatedRun.failure(image, .content) }
        if character.lacks.contains(image) { return SimulatedRun.failure(image, .unavailable) }
        if character.lies { return SimulatedRun.result(image, .lie) }
        if character.hasOtherFiles, image % 3 == 0 { return SimulatedRun.result(image, .otherFile(character.name)) }
        if let every = character.differsEvery, image % every == 0 {
            return SimulatedRun.result(image, .different(Int64(character.name.utf8.last!)))
        }
        return SimulatedRun.result(image)
    }

    /// The process dies by itself, and its supervisor starts another.
    mutating func crash(_ host: Int) { kill(host, back: 200_000) }

    /// The process ends; the system closes its connections, which the coordinator sees.
    mutating func kill(_ host: Int, back: Int64) {
        guard hosts[host].isAlive else { return }
        for link in hosts[host].links.values.sorted() { breakLink(link) }
        die(host)
        queue.add(.revive(host), at: now + back)
    }

    mutating func die(_ host: Int) {
        hosts[host].isAlive = false
        hosts[host].links = [:]
        hosts[host].lease = nil
        hosts[host].preparing = nil
        hosts[host].waiting = []
        hosts[host].stopped = []
        hosts[host].stoppedUntil = 0
        hosts[host].reachableSince = nil
    }

    mutating func revive(_ host: Int) {
        guard !hosts[host].isAlive else { return }
        hosts[host].isAlive = true
        hosts[host].instance += 1
        hosts[host].evaluated = 0
        // The process's own number is drawn anew, and never another host's.
        hosts[host].loop = SimulatedHost.loop(
            hosts[host].character, instance: hosts[host].instance &* 64 &+ UInt64(host), now: now)
        queue.add(.nodeTick(host, instance: hosts[host].instance), at: now + 1_000_000)
    }
}
