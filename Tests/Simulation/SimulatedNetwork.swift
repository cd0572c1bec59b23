import Protocol

@testable import Coordinator
@testable import Node

/// One connection between the coordinator and a host. Messages of a direction come in their order, each after its delay.
struct SimulatedLink {
    let host: Int
    /// The process that it was made to.
    var instance: UInt64 = 0
    /// The node's number of it; 0 before it is open there.
    var connection: UInt64 = 0
    var lastUp: Int64 = 0
    var lastDown: Int64 = 0
    /// The coordinator has seen its end, or is not there any more.
    var isOverHere = false
    /// The node has, or is not there any more.
    var isOverThere = false
}

extension Simulator {
    /// The coordinator begins a connection: what comes of it, it hears after a flight there and back.
    mutating func dial(_ session: Int, endpoint: String) {
        guard let host = Int(endpoint.dropFirst()) else { return fail("nobody has the endpoint \(endpoint)") }
        tries[host, default: 0] += 1
        let key = generation &* 1_000_000 &+ session
        links[key] = SimulatedLink(host: host)
        queue.add(.dialled(key), at: now + latency())
    }

    /// The attempt has reached the host.
    mutating func dialled(_ key: Int) {
        guard let link = links[key], !link.isOverHere else { return }
        let host = hosts[link.host]
        if now < max(host.partitionedUntil, host.stoppedUntil) {
            // No answer: given up after ten seconds, or answered as soon as there is one.
            let back = max(host.partitionedUntil, host.stoppedUntil)
            if back - now < 10_000_000 { return queue.add(.dialled(key), at: back) }
            return endHere(key, .unreachable("no answer in time"), at: now + 10_000_000)
        }
        guard host.isAlive, !host.loop.isLeaving else {
            return endHere(key, .unreachable("refused"), at: now + latency())
        }
        if now < host.character.refusesUntil {
            let closure: LinkClosure =
                switch host.character.refusal {
                case .key: .refused(LinkRefusal(.otherEnd, .key, "another key"))
                case .version: .refused(LinkRefusal(.otherEnd, .version, "another version"))
                case .strangers: .refused(LinkRefusal(.otherEnd, .busy, "too many connections"))
                case .garbled: .garbled("a bit is wrong")
                }
            return endHere(key, closure, at: now + latency())
        }
        let connection = host.nextConnection
        hosts[link.host].nextConnection += 1
        hosts[link.host].links[connection] = key
        links[key]!.connection = connection
        links[key]!.instance = host.instance
        sendUp(key, .opened)
        tell(link.host, .connected(connection, peer: "coordinator"))
    }

    mutating func sendUp(_ key: Int, _ event: LinkEvent<NodeMessage>) {
        guard let link = links[key], !link.isOverHere, !link.isOverThere else { return }
        let start = max(now, hosts[link.host].partitionedUntil)
        let time = max(link.lastUp, start + latency())
        links[key]!.lastUp = time
        queue.add(.toCoordinator(key, event), at: time)
    }

    mutating func sendDown(_ key: Int, _ message: CoordinatorMessage?) {
        guard let link = links[key], !link.isOverThere else { return }
        let start = max(now, hosts[link.host].partitionedUntil)
        let time = max(link.lastDown, start + latency())
        links[key]!.lastDown = time
        queue.add(.toNode(key, message), at: time)
    }

    /// A message has reached the node; nil is the end of the connection.
    mutating func arrive(_ key: Int, _ message: CoordinatorMessage?) {
        guard let link = links[key], !link.isOverThere, hosts[link.host].instance == link.instance else { return }
        guard let message else {
            links[key]!.isOverThere = true
            hosts[link.host].links[link.connection] = nil
            tell(link.host, .closed(link.connection, .remote))
            // What this end still had on its way is heard before its end.
            return endHere(key, .local, at: max(now, link.lastUp) + latency())
        }
        if case .cancel = message, hosts[link.host].character.keepsCancelled { return }
        tell(link.host, .message(link.connection, message))
    }

    /// The node ends the connection after what it has sent.
    mutating func closeFromNode(_ key: Int) {
        guard let link = links[key], !link.isOverThere else { return }
        endHere(key, .remote, at: max(now, link.lastUp) + latency())
        queue.add(.closedAtNode(key), at: now + 1)
    }

    mutating func closedAtNode(_ key: Int) {
        guard let link = links[key], !link.isOverThere, hosts[link.host].instance == link.instance else { return }
        links[key]!.isOverThere = true
        hosts[link.host].links[link.connection] = nil
        tell(link.host, .closed(link.connection, .local))
    }

    /// Both ends see that the connection is broken.
    mutating func breakLink(_ key: Int) {
        guard let link = links[key], !link.isOverThere else { return }
        links[key]!.isOverThere = true
        hosts[link.host].links[link.connection] = nil
        endHere(key, .lost("reset"), at: max(now, hosts[link.host].partitionedUntil, link.lastUp) + latency())
        tell(link.host, .closed(link.connection, .lost("reset")))
    }

    /// The coordinator sees the end of a connection at this time.
    private mutating func endHere(_ key: Int, _ closure: LinkClosure, at time: Int64) {
        guard let link = links[key], !link.isOverHere else { return }
        links[key]!.lastUp = max(link.lastUp, time)
        queue.add(.toCoordinator(key, .closed(closure)), at: max(link.lastUp, time))
    }

    /// Something has reached the coordinator.
    mutating func arriveHere(_ key: Int, _ event: LinkEvent<NodeMessage>) {
        guard let link = links[key], !link.isOverHere else { return }
        if case .message(.failed) = event, key / 1_000_000 == generation {
            deviceFaults[link.host, default: 0] += 1
            // Of two under one name, what one says may come when the other has its place.
            let isAlone = chaos.nodes.count { $0.name == hosts[link.host].character.name } == 1
            if deviceFaults[link.host]! > 3, isAlone {
                fail("the device of n\(link.host) failed four times, and it still takes part")
            }
        }
        if case .closed = event {
            links[key]!.isOverHere = true
            if link.isOverThere || link.connection == 0 { links[key] = nil }
        }
        // What belongs to a run that is over is nobody's any more.
        guard key / 1_000_000 == generation else { return }
        handle(.heard(session: key % 1_000_000, Heard(event, run.ledger.check)))
    }
}
