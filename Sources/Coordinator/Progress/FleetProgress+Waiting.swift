extension FleetProgress {
    /// Within so many seconds of a lease's beginning, or of its last result, all is well with whoever works on it.
    private static let patience = 5.0

    /// Why nothing comes although something is awaited; nil while all is well.
    public var waitingReason: String? {
        guard !isOver, secondsSinceResult >= 1 else { return nil }
        guard !isAtWork else { return nil }
        if isAlone { return reasonAlone }
        let reasons = [working, suspect, leaving, preparing, notConnected].compactMap { $0 }
        let text = reasons.joined(separator: "; ")
        if isEnding { return "no new leases are given: \(text)" }
        return isComplete ? "further evaluations of some images are awaited: \(text)" : text
    }

    /// Whether a node had too little time by now to bring a result.
    private var isAtWork: Bool {
        nodes.contains { node in
            guard node.state == .working, let age = node.leaseAgeSeconds else { return false }
            return min(age, secondsSinceResult) < Self.patience
        }
    }

    /// Of the node that is this process.
    private var reasonAlone: String? {
        guard let node = nodes.first else { return "the run begins" }
        switch node.state {
        case .working where node.leaseAgeSeconds != nil: return "no result for \(Self.seconds(secondsSinceResult))"
        default: return node.reason ?? (isEnding ? "what was begun is finished" : node.state.rawValue)
        }
    }

    private func all(_ states: Node.State...) -> [Node] { nodes.filter { states.contains($0.state) } }

    private var working: String? {
        let working = all(.working)
        guard !working.isEmpty else { return nil }
        let busy = working.filter { $0.leaseAgeSeconds != nil }
        let oldest = busy.max { ($0.leaseAgeSeconds ?? 0) < ($1.leaseAgeSeconds ?? 0) }
        guard let oldest, let age = oldest.leaseAgeSeconds else {
            return working.count == 1
                ? "\(working[0].name) has no lease" : "none of \(working.count) nodes has a lease"
        }
        let seconds = Self.seconds(age)
        return busy.count == 1
            ? "\(oldest.name) has worked on a lease for \(seconds)"
            : "\(busy.count) nodes are working on leases, \(oldest.name) for \(seconds)"
    }

    private var suspect: String? {
        let silent = all(.suspect).sorted { ($0.silentSeconds ?? 0) > ($1.silentSeconds ?? 0) }
        guard let first = silent.first else { return nil }
        let seconds = first.silentSeconds.map(Self.seconds) ?? "a while"
        let text = "\(first.name) has been silent for \(seconds)"
        return silent.count == 1 ? text : "\(text), as \(silent.count - 1) more"
    }

    private var leaving: String? {
        let leaving = all(.leaving)
        guard let first = leaving.first else { return nil }
        return leaving.count == 1 ? "\(first.name) is leaving" : "\(leaving.count) nodes are leaving"
    }

    private var preparing: String? {
        let preparing = all(.preparing)
        guard let first = preparing.first else { return nil }
        let subject =
            preparing.count == 1
            ? "\(first.name) is" : preparing.count == nodes.count ? "all nodes are" : "\(preparing.count) nodes are"
        return "\(subject) preparing" + Self.because(preparing)
    }

    /// Only where no node is connected: else what the connected ones do is the reason.
    private var notConnected: String? {
        guard all(.working, .suspect, .leaving, .preparing).isEmpty else { return nil }
        guard !nodes.isEmpty else { return "no node is known: waiting for the hosts file or the announce directory" }
        let trying = all(.connecting, .dead)
        guard trying.isEmpty else {
            return "no node is connected: trying \(trying.count) host\(trying.count == 1 ? "" : "s")"
                + (trying.contains { $0.reason != nil } ? Self.because(trying).replacingColon : "")
        }
        let parts = Self.counts(nodes).map { "\($0.count) \($0.state.rawValue)" }
        return "no node is left: " + parts.joined(separator: ", ") + Self.because(nodes).replacingColon
    }

    /// ": loading weights", the reason that most of the nodes give, the first of these where two are as frequent.
    private static func because(_ nodes: [Node]) -> String {
        var counts: [String: Int] = [:]
        for node in nodes { if let reason = node.reason { counts[reason, default: 0] += 1 } }
        let most = counts.values.max()
        guard let reason = nodes.lazy.compactMap(\.reason).first(where: { counts[$0] == most }) else { return "" }
        return ": \(reason)"
    }

    private static func seconds(_ seconds: Double) -> String {
        seconds < 120 ? "\(Int(max(0, seconds))) s" : Progress.clock(seconds)
    }
}

extension String {
    /// ": because" as " (because)", where a colon stands already.
    fileprivate var replacingColon: String { isEmpty ? "" : " (" + dropFirst(2) + ")" }
}
