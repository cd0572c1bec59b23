import Coordinator
import Protocol

/// What the conductor does around its schedule.
extension Simulator {
    mutating func connect(_ node: Int) {
        guard sessions[node] == 0, !refused[node] else { return }
        let far = nodes[node]
        guard far.isAlive, !far.isLeaving, far.session == 0, now >= far.partitionedUntil, now >= far.stoppedUntil else {
            return queue.add(.connect(node), at: now + 1_000_000)
        }
        sessions[node] = nextSession
        lastHeard[node] = now
        nodes[node].session = nextSession
        nextSession += 1
        send(.ready, from: node)
        queue.add(.heartbeat(node, instance: far.instance), at: now + 1_000_000)
    }

    mutating func connectionEnded(_ node: Int) {
        sessions[node] = 0
        if let number = numbers[node] {
            numbers[node] = nil
            // A twin may have taken its place.
            if !numbers.contains(number) { perform(lost(number)) }
        }
        if !refused[node] { queue.add(.connect(node), at: now + 300_000) }
    }

    private mutating func lost(_ number: Int) -> [Schedule.Action] {
        countLosses(of: number)
        return schedule.lost(node: number, now: now)
    }

    mutating func tick() {
        let before = schedule
        let actions = schedule.tick(now: now)
        for action in actions {
            switch action {
            case .disconnect(let number, _), .evict(let number, _), .stateChanged(let number, .dead):
                countLosses(of: number, in: before)
            default: break
            }
        }
        perform(actions)
    }

    private mutating func countLosses(of number: Int) { countLosses(of: number, in: schedule) }

    private mutating func countLosses(of number: Int, in schedule: Schedule) {
        guard let running = schedule.nodes[number].leases.first, let lease = schedule.leases[running] else { return }
        for image in lease.images { losses[image, default: 0] += 1 }
    }

    /// A connection on which nothing has come for a minute is given up.
    mutating func closeSilent() {
        for node in nodes.indices where sessions[node] != 0 && now - lastHeard[node] > 60_000_000 {
            let number = numbers[node]
            hangUp(node)
            if let number, mistake != .waitsForEver { perform(lost(number)) }
        }
    }

    mutating func receive(_ message: Up, from node: Int) {
        lastHeard[node] = now
        if let number = numbers[node] { perform(schedule.heard(node: number, now: now)) }
        switch message {
        case .ready: join(node)
        case .heartbeat: break
        case .results(let lease, let results):
            if let number = numbers[node] { take(results, lease, number, node) }
        case .leaseDone(let lease):
            if let number = numbers[node] { perform(schedule.ended(lease: lease, node: number, now: now)) }
            unflushed = []
        case .leaving:
            if let number = numbers[node] { perform(schedule.leaving(node: number, now: now)) }
        }
    }

    private mutating func join(_ node: Int) {
        do throws(Schedule.JoinRefusal) {
            let far = nodes[node]
            let known = schedule.nodes.firstIndex { $0.name == far.character.name }
            if let known, schedule.nodes[known].isConnected { countLosses(of: known) }
            let (number, actions) = try schedule.join(
                name: far.character.name, instance: far.instance &* 16 &+ UInt64(node), batch: far.character.batch,
                now: now)
            for other in numbers.indices where numbers[other] == number && other != node { hangUp(other) }
            numbers[node] = number
            perform(actions)
        } catch {
            if case .evicted = error { refused[node] = true }
            hangUp(node)
        }
    }

    private mutating func take(
        _ results: [(image: Int, failure: ImageFailure.Kind?)], _ lease: UInt64, _ number: Int, _ node: Int
    ) {
        for (image, failure) in results {
            guard schedule.expects(image: image, lease: lease, node: number) else {
                return perform(schedule.evict(node: number, reason: "unexpected image \(image)", now: now))
            }
            if let failure {
                perform(schedule.failed(image: image, kind: failure, lease: lease, node: number, now: now).1)
                continue
            }
            if nodes[node].character.lies {
                return perform(schedule.evict(node: number, reason: "it lies", now: now))
            }
            let (disposition, actions) = schedule.succeeded(image: image, lease: lease, node: number, now: now)
            if disposition == .first, ledger[image] != nil { fail("image \(image) counts twice") }
            if disposition == .repeated, ledger[image] == nil { fail("image \(image) was done without a result") }
            if disposition == .first || mistake == .countsTwice { counted += 1 }
            if disposition == .first { unflushed.append(image) }
            evaluators[image, default: []].append(nodes[node].character.name)
            ledger[image] = Simulator.result(of: image)
            givenUp[image] = nil
            perform(actions)
        }
    }

    mutating func perform(_ actions: [Schedule.Action]) {
        for action in actions {
            note("  \(action)")
            switch action {
            case .lease(let order):
                let state = schedule.nodes[order.node].state
                if order.images.isEmpty { fail("an empty lease") }
                if order.attempt > schedule.policy.attempts { fail("attempt \(order.attempt) of \(order.images)") }
                guard state == .live else {
                    // It may have been lost in the same breath, after the lease was decided.
                    if state != .gone, state != .evicted { fail("a lease for a node that is \(state)") }
                    continue
                }
                send(.lease(order), to: order.node)
            case .cancel(let number, let lease): send(.cancel(lease), to: number)
            case .stateChanged: break
            case .disconnect(let number, _): hangUp(numbers.firstIndex(of: number))
            case .evict(let number, let reason):
                let name = schedule.nodes[number].name
                // Nothing that happens to a good node, or to the coordinator, makes it a bad one.
                if chaos.nodes.allSatisfy({ $0.name != name || $0.isGood }) {
                    fail("\(name) is good and was evicted: \(reason)")
                }
                let node = numbers.firstIndex(of: number)
                if let node { refused[node] = true }
                hangUp(node)
            case .giveUp(let image, let why):
                if givenUp.updateValue(why, forKey: image) != nil { fail("image \(image) was given up twice") }
            }
        }
    }

    /// The coordinator closes a connection.
    private mutating func hangUp(_ node: Int?) {
        guard let node, sessions[node] != 0 else { return }
        let session = sessions[node]
        let start = max(now, nodes[node].partitionedUntil)
        nodes[node].lastDown = max(nodes[node].lastDown, start + latency())
        queue.add(.toNode(node, session: session, .close), at: nodes[node].lastDown)
        sessions[node] = 0
        numbers[node] = nil
        if !refused[node] { queue.add(.connect(node), at: now + 300_000) }
    }

    private mutating func send(_ message: Down, to number: Int) {
        guard let node = numbers.firstIndex(of: number) else { return }
        let start = max(now, nodes[node].partitionedUntil)
        nodes[node].lastDown = max(nodes[node].lastDown, start + latency())
        queue.add(.toNode(node, session: sessions[node], message), at: nodes[node].lastDown)
    }

    /// The coordinator dies and another one goes on with its journal.
    mutating func crash() {
        for node in nodes.indices {
            if nodes[node].session == sessions[node] { dropSession(node) }
            sessions[node] = 0
            numbers[node] = nil
            refused[node] = false
            queue.add(.connect(node), at: now + 300_000)
        }
        // What was not flushed is lost, but for some that the system had written already.
        let kept = unflushed.isEmpty ? 0 : Int.random(in: 0...unflushed.count, using: &random)
        for image in unflushed.dropFirst(kept) where ledger.removeValue(forKey: image) != nil {
            counted -= 1
            evaluators[image] = nil
        }
        unflushed = []
        let old = schedule
        schedule = Schedule(
            images: chaos.images, policy: old.policy, verifyEvery: chaos.verifyEvery, verifySecret: old.verifySecret)
        for image in ledger.keys.sorted() {
            schedule.resume(done: image)
            schedule.resumeVerification(
                of: image, by: evaluators[image]![0], isVerified: Set(evaluators[image]!).count > 1)
        }
        if mistake == .resumesTooMuch {
            for image in 0..<chaos.images where old.state(of: image) == .leased { schedule.resume(done: image) }
        }
        givenUp = [:]
        losses = [:]
    }
}
