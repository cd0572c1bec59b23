import Protocol

// Two results of one image that differ: a third node decides, and who is against two takes no further part.

extension Run {
    mutating func settle(_ acceptance: Acceptance, of image: Int, found node: Int) {
        switch acceptance {
        case .first, .supersedes, .same, .lateFailure, .otherKind: break
        case .different(let disagreement):
            tell(disagreement, manifest.entries[image].id, node, "a third node is to decide")
            askFurther(image)
        case .stillDisputed(let disagreement):
            tell(disagreement, manifest.entries[image].id, node, "no two of \(ledger.evaluators(image).count) agree")
            askFurther(image)
        case .settled(let settlement):
            schedule.endDispute(image)
            expel(settlement, manifest.entries[image].id)
        }
    }

    private mutating func askFurther(_ image: Int) {
        let evaluators = ledger.evaluators(image)
        // With every further node the odds grow that the picture, or the run, is what is wrong.
        if evaluators.count >= plan.limits.opinions {
            schedule.endDispute(image)
        } else {
            schedule.dispute(image, between: evaluators)
        }
    }

    private mutating func tell(_ disagreement: Disagreement, _ id: String, _ node: Int, _ consequence: String) {
        let name = members[node]!.description.name
        note(
            .error, "results differ",
            "\(name): its result of \(id) differs from an earlier one (\(disagreement.fields.joined(separator: ", "))): "
                + consequence, ["node.name": name, "image.id": id])
    }

    /// Those whose result nobody shares are evicted, and what they evaluated alone does not count any more.
    private mutating func expel(_ settlement: Settlement, _ id: String) {
        let names = Set(settlement.odd.compactMap { ledger.name(of: $0) })
        oddNames.formUnion(names)
        for name in names.sorted() {
            let reason = "two other nodes found something else for \(id)"
            for (number, member) in members.sorted(by: { $0.key < $1.key }) where member.description.name == name {
                perform(schedule.evict(node: number, reason: reason, now: now))
            }
        }
        // Who was outvoted earlier confirms nobody.
        let alone = ledger.unconfirmed(by: oddNames)
        guard !alone.isEmpty else { return }
        note(
            .warning, "evaluated anew",
            "\(alone.count) image\(alone.count == 1 ? "" : "s") that only \(oddNames.sorted().joined(separator: ", ")) evaluated "
                + "\(alone.count == 1 ? "is" : "are") evaluated anew")
        evaluateAnew(alone)
    }

    mutating func evaluateAnew(_ images: [Int]) {
        do {
            for image in images {
                try ledger.drop(image)
                perform(schedule.redo(image, now: now))
            }
            removeFiles(of: images)
        } catch {
            end(.journalFailed(reason: "\(error)"))
        }
    }
}
