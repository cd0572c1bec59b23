import Jobs
import Protocol

// Who takes part: who would compute the same from the same data.

extension Run {
    mutating func refused(_ refusal: JobRefusal, session id: Int) {
        let name = sessions[id]!.endpoint
        switch refusal.code {
        case .busy, .leaving: close(id, reason: refusal.reason)
        case .job, .weights, .data, .device:
            note(
                .error, "job refused", "\(name): cannot do this job: \(refusal.reason)",
                ["node.address": name, "reason": refusal.reason])
            close(id, reason: refusal.reason, refusal: refusal.code == .device ? .device : .job)
        }
    }

    /// A node has prepared the job: checks that it would compute the same from the same data, and lets it take part.
    mutating func join(_ description: NodeDescription, session id: Int) {
        guard reference.own != .awaited || !plan.isExact else {
            sessions[id]!.introduction = description
            return
        }
        let name = sessions[id]!.endpoint
        if oddNames.contains(description.name) {
            let reason = "\(description.name) found something else than two other nodes: it takes no further part"
            note(.error, "node may not join", "\(name): \(reason)", ["node.address": name, "reason": reason])
            return close(id, reason: reason, refusal: .evicted)
        }
        if let (other, device) = sharer(of: description) {
            return mayNotJoin(
                description.name, .duplicateDevice(name: other, device: device), rival: other, session: id)
        }
        if let problem = mismatch(of: description) {
            note(
                .error, "node does not fit", "\(name): \(problem)", ["node.address": name, "reason": problem])
            return close(id, reason: problem, refusal: .job)
        }
        do {
            let (node, actions) = try schedule.join(
                name: description.name, instance: description.instance, place: name, batch: Int(description.batch),
                now: now)
            welcome(
                description, as: node, session: id,
                ledgerNumber: try ledger.nodeJoined(
                    name: description.name, device: description.device, numerics: description.numerics,
                    version: description.version))
            perform(actions)
        } catch let refusal as Schedule.JoinRefusal {
            mayNotJoin(description.name, refusal, rival: description.name, session: id)
        } catch {
            end(.journalFailed(reason: "\(error)"))
        }
    }

    private mutating func welcome(
        _ description: NodeDescription, as node: Int, session id: Int, ledgerNumber: UInt32
    ) {
        let name = sessions[id]!.endpoint
        if let old = members[node]?.session, old != id {
            // The same node over a new connection; the old one is a half-open rest.
            sessions[old]?.phase = .closing
            act(.close(session: old))
        }
        members[node] = Member(
            description: description, endpoint: name, ledgerNumber: ledgerNumber, session: id, reason: nil)
        reference.adopt(description.samples, of: node, where: isBinding)
        sessions[id]!.phase = .working(node: node)
        sessions[id]!.introduction = nil
        var state = endpoints[name]!
        (state.reason, state.reportedReason, state.refusal, state.rival) = (nil, nil, nil, nil)
        (state.refusals, state.inVainSince, state.member) = (0, nil, node)
        endpoints[name] = state
        everWorked = true
        if let ahead = plan.weightsAhead, !plan.isDryRun { act(.send(session: id, .weightsAhead(ahead))) }
        let data = description.images.map { "\($0) images" } ?? "images from here"
        if case .fitsWithNote(let text) = FleetRule.verdict(on: description, by: standard) {
            note(
                .warning, "versions differ", "\(name): \(text)", ["node.address": name, "node.name": description.name])
        }
        note(
            .info, "node ready", "\(name): \(description.name) is ready: \(description.device), \(data)",
            ["node.address": name, "node.name": description.name, "node.device": description.device])
    }

    /// A node that takes part and serves one of the same devices, under whatever name, and that device; nil where there is none.
    private func sharer(of node: NodeDescription) -> (name: String, device: String)? {
        guard !node.deviceIDs.isEmpty else { return nil }
        // In order, so that the same run says the same.
        for member in members.keys.sorted().map({ members[$0]! })
        where member.session != nil && member.description.name != node.name {
            let device = node.deviceIDs.first(where: member.description.deviceIDs.contains)
            if let device { return (member.description.name, device) }
        }
        return nil
    }

    /// Somebody has its name or its device. Who was evicted is out; the other one may be silent or gone soon, and then it may join.
    private mutating func mayNotJoin(
        _ node: String, _ refusal: Schedule.JoinRefusal, rival: String, session id: Int
    ) {
        let name = sessions[id]!.endpoint
        if endpoints[name]!.reportedReason != "\(refusal)" {
            endpoints[name]!.reportedReason = "\(refusal)"
            note(.error, "node may not join", "\(name): \(refusal)", ["node.address": name, "node.name": node])
        }
        if case .evicted = refusal { return close(id, reason: "\(refusal)", refusal: .evicted) }
        endpoints[name]!.rival = rival
        close(id, reason: "\(refusal)")
    }

    /// This machine has computed the canary: that decides which arithmetic is right, whoever came first.
    mutating func decideNumerics(_ digest: String?) {
        reference.own = .known(digest)
        if plan.isExact, let digest, let counted = reference.counted, counted != digest {
            return end(
                .otherNumerics(
                    reason:
                        "the results in the journal were computed with other bits (canary \(counted.prefix(12))) than "
                        + "this machine computes (\(digest.prefix(12))): another version of stnet, or a faulty device; "
                        + "go on with the version and the machine that began, or begin anew with --force"))
        }
        for id in sessions.keys.sorted() {
            guard let description = sessions[id]?.introduction, sessions[id]!.phase == .preparing else { continue }
            sessions[id]!.introduction = nil
            join(description, session: id)
        }
    }

    /// What a node said of itself holds for others while it is there, and for good once its results count.
    private func isBinding(_ node: Int) -> Bool { members[node]?.session != nil || schedule.nodes[node].succeeded > 0 }

    /// The canary's digest that a node must have; nil while any will do.
    private var numerics: String? {
        if case .known(.some(let own)) = reference.own { return own }
        if let counted = reference.counted { return counted }
        return members.keys.sorted().first { members[$0]!.session != nil }.map { members[$0]!.description.numerics }
    }

    private var standard: FleetRule.Standard {
        FleetRule.Standard(canary: numerics, precision: plan.isExact ? .exact : .fast)
    }

    /// Why a node's results could differ from the others'; nil if nothing speaks for it.
    private func mismatch(of node: NodeDescription) -> String? {
        if case .refused(let reason) = FleetRule.verdict(on: node, by: standard) { return reason }
        guard let images = node.images else {
            return plan.hasImages
                ? nil
                : "\(node.name) asks for the images' bytes, and none is here: start it with --images DIR, or stnet-coord "
                    + "with the --images that it lacks"
        }
        guard node.samples.count == plan.job.sampleIDs.count else {
            return "\(node.name) answered for \(node.samples.count) of \(plan.job.sampleIDs.count) sample images"
        }
        let expected = node.samples.indices.map { reference.sample($0, where: isBinding) }
        let missing = node.samples.indices.filter { node.samples[$0].isEmpty && expected[$0] != "" }
        if !missing.isEmpty, missing.count == node.samples.filter(\.isEmpty).count, let first = missing.first {
            return "\(node.name) lacks \(missing.count) of \(node.samples.count) sample images, the first is "
                + "\(plan.job.sampleIDs[first]): start it with --images DIR or --images remote"
        }
        guard images > 0 else {
            return "\(node.name) found no images: start it with --images DIR or --images remote"
        }
        for (place, digest) in node.samples.enumerated()
        where !digest.isEmpty && !expected[place].isEmpty && digest != expected[place] {
            return "\(node.name) has another file for \(plan.job.sampleIDs[place]) (SHA-256 \(digest.prefix(12)), "
                + "expected \(expected[place].prefix(12)))"
        }
        return nil
    }
}
