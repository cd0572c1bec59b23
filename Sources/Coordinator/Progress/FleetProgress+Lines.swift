import Options

extension FleetProgress {
    /// At most this many lines are about nodes.
    public static let nodeLineLimit = 20

    /// "1,248 / 50,000 images (2.5 %)", "3:31 left", "231.4 images/s", "2 failed": what is wanted first stands first.
    var headParts: [String] {
        let (done, total) = (Progress.grouped(overall.done), Progress.grouped(overall.total))
        let failed = overall.failed > 0 ? ["\(Progress.grouped(overall.failed)) failed"] : []
        let share = overall.total > 0 ? Double(overall.done) * 100 / Double(overall.total) : 100
        if isOver {
            let speed = ["\(Progress.fixed(overall.imagesPerSecond)) images/s"]
            let end = isComplete ? "in" : "(\(Progress.fixed(share)) %), ended after"
            return ["\(done) / \(total) images \(end) \(Progress.clock(overall.elapsedSeconds))"] + speed + failed
        }
        guard !isComplete else {
            // Not "600 / 600": some of them are evaluated once more.
            let leases = "\(leasesOut) lease\(leasesOut == 1 ? "" : "s") still out"
            return ["each of \(total) images has a result"]
                + (leasesOut > 0 ? ["further ones are compared", leases] : []) + failed
        }
        let left = secondsLeft.map { ["\(Progress.clock($0)) left"] } ?? []
        return ["\(done) / \(total) images (\(Progress.fixed(share)) %)"] + left
            + ["\(Progress.fixed(recentImagesPerSecond)) images/s"] + failed
    }

    /// "3 working, 1 connecting"
    static func countsText(_ nodes: some Collection<Node>, isOver: Bool = false) -> String {
        counts(nodes).map { "\($0.count) \(NodeTable.word($0.state, isOver: isOver))" }.joined(separator: ", ")
    }

    /// For a terminal: one block, each line narrower than the terminal and the block lower than it.
    public func liveLines(_ size: TerminalSize) -> [String] {
        // One column stays free, and two rows: a full last column or row makes some terminals scroll.
        let width = max(1, size.columns - 1)
        var lines = place.map { [TerminalText.clipped($0.text, width: width)] } ?? []
        lines += TerminalText.joined(headParts, width: width)
        lines += TerminalText.joined(accuracy.parts(isOver: isOver), width: width)
        if let waitingReason {
            let most = 3
            let waiting = TerminalText.sanitized("waiting: \(waitingReason)").wrapped(width: width, indent: "  ")
            lines += waiting.prefix(most - 1)
            if waiting.count >= most {
                lines.append("  " + waiting.dropFirst(most - 1).map { $0.drop { $0 == " " } }.joined(separator: " "))
            }
        }
        if !isAlone {
            let table = NodeTable(nodes, width: width, isOver: isOver)
            lines += table.lines(limit: min(Self.nodeLineLimit, size.rows - lines.count - 2))
        }
        return lines.prefix(max(1, size.rows - 2)).map { TerminalText.clipped($0, width: width) }
    }

    /// For a file or a pipe: everything but the single nodes on one line.
    public var plainLine: String {
        var parts = (place.map { [$0.text] } ?? []) + [headParts.joined(separator: ", ")]
        let accuracy = accuracy.parts(isOver: isOver)
        if !accuracy.isEmpty { parts.append(accuracy.joined(separator: ", ")) }
        if !nodes.isEmpty, !isAlone { parts.append("nodes: \(Self.countsText(nodes, isOver: isOver))") }
        if let waitingReason { parts.append("waiting: \(waitingReason)") }
        return TerminalText.clipped(parts.joined(separator: "; "), width: 1000)
    }
}
