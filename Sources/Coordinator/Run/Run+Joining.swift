import Jobs
import Protocol
import SelectiveTuning

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
            close(id, reason: refusal.reason, refusal: .job)
        }
    }

    /// A node has prepared the job: checks that it would compute the same from the same data, and lets it take part.
    mutating func join(_ description: NodeDescription, session id: Int) {
        let name = sessions[id]!.endpoint
        if let problem = mismatch(of: description) {
            note(
                .error, "node does not fit", "\(name): \(problem)", ["node.address": name, "reason": problem])
            return close(id, reason: problem, refusal: .job)
        }
        do {
            let ledgerNumber = try ledger.nodeJoined(
                name: description.name, device: description.device, numerics: description.numerics)
            let (node, actions) = try schedule.join(
                name: description.name, instance: description.instance, batch: Int(description.batch), now: now)
            if numerics == nil { numerics = description.numerics }
            adoptSamples(description.samples)
            if let old = members[node]?.session, old != id {
                // The same node over a new connection; the old one is a half-open rest.
                sessions[old]?.phase = .closing
                act(.close(session: old))
            }
            members[node] = Member(
                description: description, endpoint: name, ledgerNumber: ledgerNumber, session: id, reason: nil)
            sessions[id]!.phase = .working(node: node)
            endpoints[name]!.backoff.succeeded()
            endpoints[name]!.reason = nil
            endpoints[name]!.reportedReason = nil
            endpoints[name]!.member = node
            everWorked = true
            let data = description.images.map { "\($0) images" } ?? "images from here"
            note(
                .info, "node ready", "\(name): \(description.name) is ready: \(description.device), \(data)",
                ["node.address": name, "node.name": description.name, "node.device": description.device])
            perform(actions)
        } catch let refusal as Schedule.JoinRefusal {
            note(
                .error, "node may not join", "\(name): \(refusal)",
                ["node.address": name, "node.name": description.name])
            if case .evicted = refusal {
                close(id, reason: "\(refusal)", refusal: .evicted)
            } else {
                close(id, reason: "\(refusal)", refusal: .job)
            }
        } catch {
            end(.journalFailed(reason: "\(error)"))
        }
    }

    /// Why a node's results could differ from the others'; nil if nothing speaks for it.
    private func mismatch(of node: NodeDescription) -> String? {
        // In precision `fast`, other kinds of machines compute other bits: the certificate counts their classes.
        if plan.job.options["precision"] != Precision.fast.rawValue, let numerics, node.numerics != numerics {
            return "\(node.name) computes other bits (canary \(node.numerics.prefix(12)), the run's is "
                + "\(numerics.prefix(12))): another version or a faulty device"
        }
        guard let images = node.images else {
            return plan.hasImages
                ? nil
                : "\(node.name) asks for the images' bytes, and none is here: start it with --images DIR, or stnet-coord "
                    + "with the --images that it lacks"
        }
        guard node.samples.count == plan.job.sampleIDs.count else {
            return "\(node.name) answered for \(node.samples.count) of \(plan.job.sampleIDs.count) sample images"
        }
        let missing = node.samples.indices.filter { node.samples[$0].isEmpty && sampleDigests[$0] != "" }
        if !missing.isEmpty, missing.count == node.samples.filter(\.isEmpty).count, let first = missing.first {
            return "\(node.name) lacks \(missing.count) of \(node.samples.count) sample images, the first is "
                + "\(plan.job.sampleIDs[first]): start it with --images DIR or --images remote"
        }
        guard images > 0 else {
            return "\(node.name) found no images: start it with --images DIR or --images remote"
        }
        for (place, digest) in node.samples.enumerated()
        where !digest.isEmpty && !sampleDigests[place].isEmpty && digest != sampleDigests[place] {
            return "\(node.name) has another file for \(plan.job.sampleIDs[place]) (SHA-256 \(digest.prefix(12)), "
                + "expected \(sampleDigests[place].prefix(12)))"
        }
        return nil
    }

    /// What the coordinator has no copy of, the first node's copy stands for.
    private mutating func adoptSamples(_ samples: [String]) {
        for (place, digest) in samples.enumerated() where sampleDigests[place].isEmpty { sampleDigests[place] = digest }
    }
}
