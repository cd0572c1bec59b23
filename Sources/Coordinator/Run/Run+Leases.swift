import Dataset
import Jobs
import Protocol

// Does what the schedule decided: sends leases, ends connections, gives images up.

extension Run {
    mutating func perform(_ decided: [Schedule.Action]) {
        for action in decided where ending == nil {
            switch action {
            case .lease(let order): lend(order)
            case .cancel(let node, let lease):
                if let session = members[node]?.session { act(.send(session: session, .cancel(lease: lease))) }
            case .stateChanged(let node, let state):
                if [.dead, .gone, .evicted].contains(state) { timeline.lost(node: node, now: now) }
                let name = members[node]?.description.name ?? "node \(node)"
                act(.stateChanged(node: name, state))
                if [.suspect, .dead, .gone, .evicted].contains(state) { tryRivals(of: name) }
            case .disconnect(let node, let reason):
                let name = members[node]!.description.name
                note(.error, "node disconnected", "\(name): \(reason)", ["node.name": name, "reason": reason])
                hangUp(on: node, reason: reason)
            case .evict(let node, let reason):
                let name = members[node]!.description.name
                note(.error, "node evicted", "\(name) is evicted: \(reason)", ["node.name": name, "reason": reason])
                members[node]!.reason = reason
                let endpoint = members[node]!.endpoint
                endpoints[endpoint]!.refusal = .evicted
                if case .waiting = endpoints[endpoint]!.phase { endpoints[endpoint]!.phase = .closed }
                endpoints[endpoint]!.reason = "evicted: \(reason)"
                hangUp(on: node, reason: "evicted: \(reason)", refusal: .evicted)
            case .giveUp(let image, let why): giveUp(image, why)
            }
        }
    }

    private mutating func hangUp(on node: Int, reason: String, refusal: EndpointState.Refusal? = nil) {
        guard let session = members[node]!.session else { return }
        members[node]!.session = nil
        close(session, reason: reason, refusal: refusal)
    }

    private mutating func lend(_ order: Schedule.Order) {
        if firstLease == nil { firstLease = now }
        awaitOwnFiles(order.images, for: order.node)
        timeline.sent(lease: order.id, node: order.node, now: now)
        if let session = members[order.node]?.session {
            act(.lend(session: session, LeaseOrder(id: order.id, images: order.images)))
        }
    }

    /// The image counts as failed. Among several reasons the one that says most about the file, the same whoever said
    /// it and in whatever order.
    private mutating func giveUp(_ image: Int, _ why: Schedule.GiveUp) {
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
        note(
            .error, "image given up", "\(id) is given up: \(failure.text.trimmingPrefix("\(id): "))",
            ["image.id": id, "reason": failure.text])
        do {
            _ = try ledger.acceptFailure(failure, image: UInt32(image))
        } catch {
            end(.journalFailed(reason: "\(error)"))
        }
    }
}
