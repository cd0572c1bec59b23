import Protocol

@testable import Coordinator

// What drives the run: does its actions, and is what a crash ends.

extension Simulator {
    /// Gives an event to the run, and does what it decides.
    mutating func handle(_ event: RunEvent) {
        guard ending == nil else { return }
        var event = event
        if let altered = mistake.alter(event) { event = altered }
        let before = running
        var actions = run.handle(event, at: now)
        if mistake == .hearsTwice, case .heard(_, .results) = event { actions += run.handle(event, at: now) }
        noteLosses(since: before)
        for action in actions { perform(action) }
        if log != nil { for line in actions.map({ "\($0)" }) { note("  -> \(line.prefix(300))") } }
    }

    private mutating func perform(_ action: RunAction) {
        switch action {
        case .connect(let session, let endpoint):
            countConnect(endpoint)
            dial(session, endpoint: endpoint)
        case .send(let session, let message): sendDown(key(session), message)
        case .lend(let session, let order):
            sendDown(key(session), .lease(LeaseMaker(manifest: manifest, masks: nil).lease(order)))
        case .close(let session): hangUp(key(session))
        case .readOwnFile(let image):
            queue.add(.ownFile(image, generation: generation), at: now + (chaos.ownFiles ?? 0))
        case .writeJournal(let isSynced):
            if mistake == .forgetsTheJournal { break }
            do throws(JournalError) {
                try run.ledger.journal.flush()
                if isSynced { storage.sync() }
            } catch {
                fail("the journal in memory: \(error)")
            }
        case .stateChanged(let name, let state): stateChanged(name, state)
        case .note(let said): heardNote(said)
        case .end(let ending):
            self.ending = ending
            for key in links.keys.sorted() { hangUp(key) }
        case .store(let arrival, _, let bytes): store(arrival, bytes)
        case .keep(let arrival): name(.keep(arrival))
        case .discard(let arrival): name(.discard(arrival))
        case .discardAll(let session): name(.discardAll(session))
        case .removeFiles(let images): name(.remove(images))
        case .sendImage, .sendMissing, .sendWeights, .sendWeightsAhead: fail("nobody asked for \(action)")
        }
    }

    func key(_ session: Int) -> Int { generation &* 1_000_000 &+ session }

    private mutating func hangUp(_ key: Int) {
        guard let link = links[key], !link.isOverHere else { return }
        // Before it was open, there is nothing to wait for; after that, not longer than two seconds.
        queue.add(.toCoordinator(key, .closed(.local)), at: now + (link.connection == 0 ? 1 : 2_000_000))
        if link.connection != 0, !link.isOverThere { sendDown(key, nil) }
    }

    /// The coordinator's process ends, or its machine: what the journal then holds, another one goes on with.
    mutating func restart(losesPower: Bool) {
        for key in links.keys.sorted() {
            guard let link = links[key] else { continue }
            links[key]!.isOverHere = true
            if link.connection == 0 { links[key] = nil } else { sendDown(key, nil) }
        }
        let bytes = storage.bytes
        let cut = losesPower ? Int.random(in: storage.syncedCount...bytes.count, using: &random) : bytes.count
        let (earlier, files) = (run.ledger, Set(pictures.keys))
        begin(over: InMemoryStorage(Array(bytes.prefix(cut))))
        checkKept(of: earlier, until: cut, files: files)
        restarts += 1
    }

    /// A run over what a journal holds.
    mutating func begin(over storage: InMemoryStorage) {
        self.storage = storage
        generation += 1
        ending = nil
        var plan = RunPlan(job: SimulatedRun.job) { [hasFiles = chaos.ownFiles != nil] _ in hasFiles }
        plan.waitSeconds = chaos.waitSeconds
        plan.mayGrow = chaos.mayGrow
        plan.verifyEvery = chaos.verifyEvery
        plan.verifySecret = seed
        plan.awaitsNumerics = chaos.ownNumerics != nil
        if chaos.pictures != nil { (plan.artifactKinds, plan.inputSize) = ([.scoreMap], SimulatedRun.mapSide) }
        mistake.alter(&plan)
        (writers, aside, namer) = ([:], [:], 0)
        do {
            let ledger = try SimulatedRun.ledger(manifest, storage)
            for image in pictures.keys where !ledger.isDone(image) { pictures[image] = nil }
            let (kept, hasPictures) = (pictures, chaos.pictures != nil)
            run = Run(
                plan: plan, manifest: manifest, ledger: ledger, endpoints: announced(),
                seed: seed &+ UInt64(generation),
                now: now, lacksFiles: { hasPictures && kept[$0] == nil })
            (lost, tries, deviceFaults) = ([:], [:], [:])
            began = now
            if let time = chaos.ownNumerics {
                queue.add(.ownNumerics(generation: generation), at: now + time)
            }
        } catch {
            fail("the journal cannot be opened: \(error)")
        }
    }

    private func announced() -> [EndpointFacts] {
        hosts.indices.filter { hosts[$0].isAnnounced }.map(facts)
    }

    func facts(_ host: Int) -> EndpointFacts { EndpointFacts(name: "n\(host)", reconnects: true) }

    mutating func announce(_ host: Int, _ isThere: Bool) {
        guard hosts[host].isAnnounced != isThere else { return }
        hosts[host].isAnnounced = isThere
        handle(.fleet(isThere ? FleetChange(added: [facts(host)]) : FleetChange(removed: ["n\(host)"])))
    }
}
