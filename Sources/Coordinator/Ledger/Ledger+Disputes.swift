import Protocol

// A second result that differs from the first is settled by a third node's: two against one. Both results are kept whole
// until then, and a resumed run finds the dispute as it was.

extension Ledger {
    /// Compares a further result with those that the image has.
    mutating func compare(_ entry: ResultEntry) throws(JournalError) -> Acceptance {
        let (index, node) = (entry.result.index, entry.node)
        let image = Int(index)
        let variant = try state.variant(of: entry) { offset throws(JournalError) in try journal.record(at: offset) }
        let before = state.disputes[index]
        if variant != nil, before == nil {
            try journal.append(.repeated, RepeatedEntry.same(image: index, node: node).encode())
            state.confirm(image, node: node)
            return .same
        }
        let counted = state.evaluator(image)
        let fields = try result(image)?.differingFields(from: entry.result) ?? []
        let disagreement = Disagreement(image: index, countedNode: counted, otherNode: node, fields: fields)
        if variant == nil, isOtherKind(node, counted) {
            try journal.append(.repeated, RepeatedEntry.otherKind(image: index, node: node).encode())
            state.differ(image, node: node)
            return .otherKind(disagreement)
        }
        let offset = try journal.append(.repeated, RepeatedEntry.different(entry).encode())
        state.dispute(image, node: node, variant: variant, place: check.place(entry, at: offset))
        guard let dispute = state.disputes[index], dispute.isSettled else {
            return before == nil ? .different(disagreement) : .stillDisputed(disagreement)
        }
        let supersedes = dispute.counted != (before?.counted ?? 0)
        if before?.isSettled == true, !supersedes, variant == dispute.counted { return .same }
        return .settled(
            Settlement(image: index, counted: state.evaluator(image), odd: dispute.odd, supersedes: supersedes))
    }

    /// In precision `fast`, nodes of different kinds may find different bits.
    private func isOtherKind(_ node: UInt32, _ other: UInt32) -> Bool {
        guard check.options.precision == .fast, state.nodes.indices.contains(Int(node)),
            state.nodes.indices.contains(Int(other))
        else { return false }
        return state.nodes[Int(node)].numerics != state.nodes[Int(other)].numerics
    }

    /// Images of which results differ, in manifest order, until a majority of nodes has decided.
    public var disputes: [OpenDispute] {
        state.disputes.filter { !$0.value.isSettled }.keys.sorted().map { image in
            OpenDispute(image: Int(image), evaluators: evaluators(Int(image)))
        }
    }

    /// The names of the nodes that evaluated the image, each once, in the order of their results.
    public func evaluators(_ image: Int) -> [String] {
        var names: [String] = []
        for name in state.evaluators(image).compactMap(state.name) where !names.contains(name) { names.append(name) }
        return names
    }

    /// The name under which a node joined; nil for the coordinator's own findings.
    func name(of node: UInt32) -> String? { state.name(node) }

    /// The names of the nodes that were in the minority where a dispute was settled.
    public var oddNodes: Set<String> { state.oddNames }

    /// Images whose result was found by nodes of these names alone, in manifest order.
    public func unconfirmed(by names: Set<String>) -> [Int] {
        names.isEmpty ? [] : (0..<images).filter { state.isEvaluated($0, onlyBy: names) }
    }
}
