import Coordinator
import Protocol

/// What stnet-node does, as far as a schedule can see it.
struct SimulatedNode {
    let character: Chaos.Character
    var isAlive = true
    var isLeaving = false
    var instance: UInt64 = 1
    /// Its end of the connection; 0 for none.
    var session = 0
    var leases: [(id: UInt64, images: [Int])] = []
    /// Images of the running lease that were sent.
    var position = 0
    /// Changes when the running evaluation is abandoned.
    var epoch = 0
    var isBusy = false
    var stoppedUntil: Int64 = 0
    var partitionedUntil: Int64 = 0
    /// TCP keeps the order: nothing arrives before what was sent earlier.
    var lastUp: Int64 = 0
    var lastDown: Int64 = 0

    init(character: Chaos.Character) { self.character = character }
}

extension Simulator {
    mutating func send(_ message: Up, from node: Int) {
        let start = max(now, nodes[node].partitionedUntil)
        nodes[node].lastUp = max(nodes[node].lastUp, start + latency())
        queue.add(.toCoordinator(node, session: nodes[node].session, message), at: nodes[node].lastUp)
    }

    mutating func receive(_ message: Down, at node: Int) {
        switch message {
        case .lease(let order):
            guard nodes[node].leases.count < 2 else { return fail("node \(node) got a third lease") }
            if nodes[node].isLeaving { return }
            nodes[node].leases.append((order.id, order.images))
            startBatch(node)
        case .cancel(let lease):
            guard let place = nodes[node].leases.firstIndex(where: { $0.id == lease }), place > 0 else { return }
            nodes[node].leases.remove(at: place)
            send(.leaseDone(lease), from: node)
        case .close: dropSession(node)
        }
    }

    /// The node's end is closed: what it was doing is dropped.
    mutating func dropSession(_ node: Int) {
        nodes[node].session = 0
        nodes[node].leases = []
        nodes[node].position = 0
        nodes[node].epoch += 1
        nodes[node].isBusy = false
    }

    mutating func startBatch(_ node: Int) {
        guard !nodes[node].isBusy, let lease = nodes[node].leases.first else { return }
        let character = nodes[node].character
        if let hangs = character.hangs, now >= hangs { return }
        let count = min(character.batch, lease.images.count - nodes[node].position)
        nodes[node].isBusy = true
        queue.add(.batch(node, epoch: nodes[node].epoch), at: now + Int64(count) * character.pace)
    }

    mutating func finishBatch(_ node: Int) {
        nodes[node].isBusy = false
        let character = nodes[node].character
        let lease = nodes[node].leases[0]
        let end = min(nodes[node].position + character.batch, lease.images.count)
        let images = Array(lease.images[nodes[node].position..<end])
        if images.contains(where: chaos.killers.contains) {
            kill(node, back: 1_000_000)
            return
        }
        let isEarly = character.isSloppy && lease.images.count > 1 && end == lease.images.count
        let results = (isEarly ? images.dropLast() : images[...]).map { image in
            let failure: ImageFailure.Kind? =
                chaos.badFiles.contains(image) ? .content : character.lacks.contains(image) ? .unavailable : nil
            return (image, failure)
        }
        if !results.isEmpty { send(.results(lease: lease.id, results), from: node) }
        nodes[node].position = end
        if end == lease.images.count {
            send(.leaseDone(lease.id), from: node)
            nodes[node].leases.removeFirst()
            nodes[node].position = 0
            if nodes[node].isLeaving { return depart(node) }
        }
        startBatch(node)
    }

    mutating func depart(_ node: Int) {
        let session = nodes[node].session
        queue.add(.closed(node, session: session), at: max(nodes[node].lastUp, now) + 1)
        nodes[node].isAlive = false
        dropSession(node)
    }

    /// The process ends; the system closes its connection, which the coordinator sees.
    mutating func kill(_ node: Int, back: Int64) {
        guard nodes[node].isAlive else { return }
        reset(node)
        nodes[node].isAlive = false
        nodes[node].stoppedUntil = 0
        queue.add(.revive(node), at: now + back)
    }

    mutating func reset(_ node: Int) {
        let session = nodes[node].session
        guard session != 0 else { return }
        queue.add(.closed(node, session: session), at: max(now, nodes[node].partitionedUntil) + latency())
        dropSession(node)
    }

    mutating func strike(_ fault: Chaos.Fault) {
        switch fault {
        case .reset(let node): reset(node)
        case .partition(let node, let lasting, let breaks):
            nodes[node].partitionedUntil = max(nodes[node].partitionedUntil, now + lasting)
            if breaks { reset(node) }
        case .stop(let node, let lasting): nodes[node].stoppedUntil = max(nodes[node].stoppedUntil, now + lasting)
        case .kill(let node, let back): kill(node, back: back)
        case .leave(let node, let back):
            guard nodes[node].isAlive, !nodes[node].isLeaving else { return }
            nodes[node].isLeaving = true
            queue.add(.revive(node), at: now + 60_000_000 + back)
            guard nodes[node].session != 0 else {
                nodes[node].isAlive = false
                return
            }
            send(.leaving, from: node)
            nodes[node].leases = Array(nodes[node].leases.prefix(1))
            if nodes[node].leases.isEmpty { depart(node) }
        case .vanish(let node, let back):
            guard nodes[node].isAlive else { return }
            dropSession(node)
            nodes[node].isAlive = false
            nodes[node].stoppedUntil = 0
            queue.add(.revive(node), at: now + back)
        case .stall(let lasting): stalledUntil = max(stalledUntil, now + lasting)
        case .crash: crash()
        }
    }
}
