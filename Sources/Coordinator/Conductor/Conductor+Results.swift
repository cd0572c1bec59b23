import Dataset
import Node
import Protocol

extension Conductor {
    /// Takes what a node found. The first result that contradicts itself ends the node's part.
    func take(_ results: [ImageResult], lease: UInt64, node: Int, now: Microseconds) {
        lastResult = now
        let number = members[node]!.ledgerNumber
        for result in results {
            let image = Int(result.index)
            guard schedule.expects(image: image, lease: lease, node: node) else {
                return distrust(node, "it sent a result of image \(image), which is not in its lease \(lease)", now)
            }
            timeline.delivered(lease: lease, node: node)
            let comparison = compareFile(of: result, node: node)
            if case .different(let problem) = comparison { return distrust(node, problem, now) }
            let hasFiles = hasFiles(of: result.index, node: node)
            switch result.outcome {
            case .evaluated:
                guard hasFiles else {
                    return distrust(node, "its result of \(manifest.entries[image].id) came without the picture", now)
                }
                do {
                    let acceptance = try ledger.accept(result, node: number, isFileCompared: comparison == .same)
                    if case .different = acceptance {
                        let name = members[node]!.description.name
                        let id = manifest.entries[image].id
                        reporter.note(
                            .error, "results differ", "\(name): its result of \(id) differs from an earlier one",
                            ["node.name": name, "image.id": id])
                    }
                } catch let refusal as ResultRefusal {
                    return distrust(node, "\(refusal)", now)
                } catch {
                    ending = .journalFailed(reason: "\(error)")
                    return
                }
                failureNotes[image] = nil
                perform(schedule.succeeded(image: image, lease: lease, node: node, now: now).1)
            case .failed(let failure):
                let (disposition, actions) = schedule.failed(
                    image: image, kind: failure.kind, lease: lease, node: node, now: now)
                if disposition == .noted {
                    failureNotes[image, default: []].append(failure)
                    let name = members[node]!.description.name
                    let id = manifest.entries[image].id
                    reporter.note(
                        .warning, "image failed", "\(name): \(id): \(failure.text.trimmingPrefix("\(id): "))",
                        ["node.name": name, "image.id": id, "reason": failure.text])
                }
                perform(actions)
            }
        }
    }

    private func distrust(_ node: Int, _ reason: String, _ now: Microseconds) {
        perform(schedule.evict(node: node, reason: reason, now: now))
    }

    /// Does what the schedule decided.
    func perform(_ actions: [Schedule.Action]) {
        for action in actions where ending == nil {
            switch action {
            case .lease(let order): send(order)
            case .cancel(let node, let lease): link(of: node)?.send(.cancel(lease: lease))
            case .stateChanged(let node, let state):
                if [.dead, .gone, .evicted].contains(state) { timeline.lost(node: node, now: Conductor.now()) }
                reporter.stateChanged(node: members[node]?.description.name ?? "node \(node)", to: state)
            case .disconnect(let node, let reason):
                let name = members[node]!.description.name
                reporter.note(
                    .error, "node disconnected", "\(name): \(reason)", ["node.name": name, "reason": reason])
                if let session = members[node]!.session {
                    members[node]!.session = nil
                    close(session, reason: reason)
                }
            case .evict(let node, let reason):
                let name = members[node]!.description.name
                reporter.note(
                    .error, "node evicted", "\(name) is evicted: \(reason)", ["node.name": name, "reason": reason])
                members[node]!.reason = reason
                if let session = members[node]!.session {
                    members[node]!.session = nil
                    close(session, reason: "evicted: \(reason)", refusal: .evicted)
                }
            case .giveUp(let image, let why): giveUp(image, why)
            }
        }
    }

    private func link(of node: Int) -> (any Link<CoordinatorMessage>)? {
        members[node]?.session.flatMap { sessions[$0]?.link }
    }

    private func send(_ order: Schedule.Order) {
        let now = Conductor.now()
        if firstLease == nil { firstLease = now }
        digestOwnFiles(order.images, for: order.node)
        timeline.sent(lease: order.id, node: order.node, now: now)
        let lease = Lease(
            id: order.id, attempt: UInt32(order.attempt),
            deadlineMilliseconds: UInt32(clamping: order.deadline / 1000),
            images: order.images.map { LeasedImage(index: UInt32($0), manifest.entries[$0]) })
        link(of: order.node)?.send(.lease(lease))
    }

    /// The image counts as failed. Among several reasons the one that says most about the file, the same whoever said
    /// it and in whatever order.
    private func giveUp(_ image: Int, _ why: Schedule.GiveUp) {
        let failure: ImageFailure
        switch why {
        case .lost(let nodes):
            failure = ImageFailure(.abandoned, "no result: the node was lost each time, \(nodes) times")
        case .failed:
            let order: [ImageFailure.Kind] = [.content, .evaluation, .unavailable, .abandoned]
            let notes = failureNotes[image] ?? []
            failure =
                notes.min { (order.firstIndex(of: $0.kind)!, $0.text) < (order.firstIndex(of: $1.kind)!, $1.text) }
                ?? ImageFailure(.abandoned, "no result")
        }
        let id = manifest.entries[image].id
        reporter.note(
            .error, "image given up", "\(id) is given up: \(failure.text.trimmingPrefix("\(id): "))",
            ["image.id": id, "reason": failure.text])
        do {
            _ = try ledger.acceptFailure(failure, image: UInt32(image))
            // A picture may have come before the failure.
            if !ledger.isDone(image) || ledger.isFailed(image) { try plan.artifacts?.remove(id) }
        } catch {
            ending = .journalFailed(reason: "\(error)")
        }
    }

    func flush() {
        do { try ledger.journal.flush() } catch { ending = .journalFailed(reason: "\(error)") }
    }
}
