import Protocol

// What a node found: checked, counted, compared.

extension Run {
    /// Takes some results of a lease. The first that contradicts itself ends the node's part.
    mutating func take(_ checked: [CheckedResult], lease: UInt64, node: Int, session id: Int) {
        // No result is no sign of work.
        guard !checked.isEmpty else { return }
        lastResult = now
        if !sessions[id]!.isFruitful {
            sessions[id]!.isFruitful = true
            endpoints[sessions[id]!.endpoint]!.backoff.succeeded()
        }
        for one in checked {
            let result = one.result
            let image = Int(result.index)
            guard schedule.expects(image: image, lease: lease, node: node) else {
                return distrust(
                    node, "it sent a result of \(name(of: result.index)), which is not in its lease \(lease)")
            }
            timeline.delivered(lease: lease, node: node)
            let comparison = compareFile(of: result, node: node)
            if case .different(let problem) = comparison { return distrust(node, problem) }
            let arrival = Arrival(session: id, lease: lease, image: image)
            let hasFiles = hasFiles(arrival)
            switch result.outcome {
            case .evaluated:
                guard hasFiles else {
                    return distrust(node, "its result of \(manifest.entries[image].id) came without the picture")
                }
                guard let acceptance = count(one, node: node, isFileCompared: comparison == .same) else { return }
                failureNotes[image] = nil
                perform(schedule.succeeded(image: image, lease: lease, node: node, now: now).1)
                judgeFiles(of: arrival, node: node, acceptance)
                // The node may turn out to be the odd one: then nothing more of it is taken.
                settle(acceptance, of: image, found: node)
                guard schedule.nodes[node].state != .evicted else { return }
            case .failed(let failure):
                if let refusal = ledger.refusal(ofReported: result) { return distrust(node, "\(refusal)") }
                take(failure, image: image, lease: lease, node: node)
            }
        }
    }

    /// What the result means for the ledger; nil where the node, or the run, is not to go on.
    private mutating func count(_ result: CheckedResult, node: Int, isFileCompared: Bool) -> Acceptance? {
        do {
            let acceptance = try ledger.accept(
                result, node: members[node]!.ledgerNumber, isFileCompared: isFileCompared)
            if reference.counted == nil, acceptance == .first {
                reference.counted = members[node]!.description.numerics
            }
            return acceptance
        } catch let refusal as ResultRefusal {
            distrust(node, "\(refusal)")
        } catch {
            end(.journalFailed(reason: "\(error)"))
        }
        return nil
    }

    private mutating func take(_ failure: ImageFailure, image: Int, lease: UInt64, node: Int) {
        let (disposition, actions) = schedule.failed(
            image: image, kind: failure.kind, lease: lease, node: node, now: now)
        if disposition == .noted {
            failureNotes[image, default: []].append(failure)
            let name = members[node]!.description.name
            let id = manifest.entries[image].id
            note(
                .warning, "image failed", "\(name): \(id): \(failure.text.trimmingPrefix("\(id): "))",
                ["node.name": name, "image.id": id, "reason": failure.text])
        }
        perform(actions)
    }

    private mutating func distrust(_ node: Int, _ reason: String) {
        perform(schedule.evict(node: node, reason: reason, now: now))
    }
}
