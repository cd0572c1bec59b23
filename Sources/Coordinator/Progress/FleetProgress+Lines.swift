extension FleetProgress {
    /// At most this many nodes have a line of their own.
    public static let nodeLineLimit = 20

    /// "1,248 / 50,000 images (2.5 %), 231.4 images/s (overall 210.0), 3:31 left, 2 failed"
    public var headLine: String {
        let share = overall.total > 0 ? Double(overall.done) * 100 / Double(overall.total) : 100
        var text = "\(Progress.grouped(overall.done)) / \(Progress.grouped(overall.total)) images"
        text += " (\(Progress.fixed(share)) %), \(Progress.fixed(recentImagesPerSecond)) images/s"
        text += " (overall \(Progress.fixed(overall.imagesPerSecond)))"
        if let secondsLeft, !isComplete { text += ", \(Progress.clock(secondsLeft)) left" }
        if overall.failed > 0 { text += ", \(Progress.grouped(overall.failed)) failed" }
        return text
    }

    /// "3 working, 1 connecting"
    static func countsText(_ nodes: some Collection<Node>) -> String {
        counts(nodes).map { "\($0.count) \($0.state.rawValue)" }.joined(separator: ", ")
    }

    /// For a terminal: one block, each line narrower than the terminal and the block lower than it.
    public func liveLines(_ size: TerminalSize) -> [String] {
        // One column and one row stay free: a full last column or row makes some terminals scroll.
        let width = max(1, size.columns - 1)
        var lines = [headLine]
        if let line = accuracy.line { lines.append(line) }
        if let waitingReason { lines.append("waiting: \(waitingReason)") }
        lines += nodeLines(limit: min(Self.nodeLineLimit, max(0, size.rows - lines.count - 2)))
        return lines.prefix(max(1, size.rows - 1)).map { TerminalText.clipped($0, width: width) }
    }

    /// For a file or a pipe: everything but the single nodes on one line.
    public var plainLine: String {
        var parts = [headLine]
        if let line = accuracy.line { parts.append(line) }
        if !nodes.isEmpty { parts.append("nodes: \(Self.countsText(nodes))") }
        if let waitingReason { parts.append("waiting: \(waitingReason)") }
        return TerminalText.clipped(parts.joined(separator: "; "), width: 1000)
    }

    private func nodeLines(limit: Int) -> [String] {
        guard nodes.count > limit else { return nodes.map(Self.line) }
        // Those that need a look come before those that work, and these before those that are only being tried; what
        // is chosen stands in the fleet's order, so that lines do not jump about.
        let chosen = nodes.indices.sorted { (nodes[$0].state.rank, $0) < (nodes[$1].state.rank, $1) }.prefix(limit)
        let rest = Set(nodes.indices).subtracting(chosen).map { nodes[$0] }
        let summary = "and \(rest.count) more: \(Self.countsText(rest))"
        return chosen.sorted().map { Self.line(nodes[$0]) } + ["  " + summary]
    }

    private static func line(_ node: Node) -> String {
        var text = "  " + TerminalText.column(node.name, width: 22)
        text += " " + TerminalText.column(node.address ?? "this process", width: 21)
        text += " " + TerminalText.column(node.state.rawValue, width: 10)
        text += TerminalText.column(Progress.fixed(node.imagesPerSecond), width: 8, rightAligned: true) + "/s"
        text += TerminalText.column(Progress.grouped(node.imagesDone), width: 11, rightAligned: true)
        let lease = node.leaseAgeSeconds.map { "lease \(Progress.fixed($0)) s" } ?? ""
        text += "  " + TerminalText.column(lease, width: 12)
        if let reason = node.reason { text += "  " + TerminalText.sanitized(reason) }
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension FleetProgress.Node.State {
    /// Which nodes are shown where there is no room for all: the lowest first.
    fileprivate var rank: Int {
        switch self {
        case .evicted: 0
        case .refused: 1
        case .suspect: 2
        case .dead: 3
        case .leaving: 4
        case .preparing: 5
        case .working: 6
        case .connecting: 7
        }
    }
}
