import Bytes
import Options

/// The lines about the nodes of a run: a heading, then numbers first and names last, so that a narrow terminal takes away
/// from names. Where not every node can have a line, those that are in one state for one reason share one.
struct NodeTable {
    private let nodes: [FleetProgress.Node]
    private let width: Int
    private let isOver: Bool

    /// Columns of a terminal.
    init(_ nodes: [FleetProgress.Node], width: Int, isOver: Bool) {
        self.nodes = nodes
        self.width = width
        self.isOver = isOver
    }

    /// A state as people read it; when the run is over, nobody works any more.
    static func word(_ state: FleetProgress.Node.State, isOver: Bool) -> String {
        switch state {
        case .working where isOver: "done"
        case .leaving where isOver: "left"
        case .connecting where isOver: "not reached"
        case .preparing where isOver: "not ready"
        case .suspect: "silent"
        default: state.rawValue
        }
    }

    /// At most `limit` lines.
    func lines(limit: Int) -> [String] {
        guard !nodes.isEmpty, limit > 0 else { return [] }
        guard limit > 2 || nodes.count < limit else {
            return ["  \(nodes.count) nodes: \(FleetProgress.countsText(nodes, isOver: isOver))"]
        }
        if nodes.count < limit {
            // A reason that is too long goes on below, where there is room for all of them.
            let long = nodes.map { lines(of: $0, isWhole: true) }
            let isRoom = long.reduce(0) { $0 + $1.count } < limit
            return [heading] + (isRoom ? long.flatMap { $0 } : nodes.flatMap { lines(of: $0, isWhole: false) })
        }
        let groups = groups
        // Those that need a look come before those that work, and these before those that are only being tried; what is
        // chosen stands in the fleet's order, so that lines do not jump about.
        let fits = groups.count < limit
        let chosen = groups.indices.sorted { (groups[$0].rank, $0) < (groups[$1].rank, $1) }
            .prefix(fits ? groups.count : limit - 2)
        var text = [heading] + chosen.sorted().flatMap { lines(of: groups[$0]) }
        if !fits {
            let rest = Set(groups.indices).subtracting(chosen).flatMap { groups[$0].nodes }
            text.append("  and \(rest.count) more: \(FleetProgress.countsText(rest, isOver: isOver))")
        }
        return text
    }

    private struct Group {
        var nodes: [FleetProgress.Node]
        var rank: Int { nodes[0].state.rank }
    }

    /// In the order of their first nodes.
    private var groups: [Group] {
        struct Key: Hashable {
            var state: FleetProgress.Node.State
            var reason: String?
        }
        var places: [Key: Int] = [:]
        var groups: [Group] = []
        for node in nodes {
            let key = Key(state: node.state, reason: Self.commonReason(of: node))
            // A node with results is somebody; and so is whoever works.
            if node.imagesDone == 0, node.state != .working {
                if let place = places[key] {
                    groups[place].nodes.append(node)
                    continue
                }
                places[key] = groups.count
            }
            groups.append(Group(nodes: [node]))
        }
        return groups
    }

    // MARK: Columns

    private var isWide: Bool { width >= 59 }
    /// Of the numbers before a name, with the space behind them.
    private var indent: Int { isWide ? 29 : 22 }

    private var heading: String {
        isWide ? "   images  images/s   lease  node" : "  images    images/s  node"
    }

    private func numbers(_ node: FleetProgress.Node) -> String {
        let isKnown = node.imagesDone > 0 || node.state == .working
        let images = isKnown ? Progress.grouped(node.imagesDone) : ""
        var text = TerminalText.column(images, width: isWide ? 9 : 8, rightAligned: true) + "  "
        if node.state == .working, !isOver {
            let speed = Progress.fixed(node.imagesPerSecond)
            text += TerminalText.column(speed, width: isWide ? 8 : 10, rightAligned: true)
            if isWide {
                let lease = node.leaseAgeSeconds.map { "\(Progress.fixed($0)) s" } ?? "-"
                text += TerminalText.column(lease, width: 8, rightAligned: true)
            }
        } else {
            text += TerminalText.column(Self.word(node.state, isOver: isOver), width: isWide ? 16 : 10)
        }
        return text + "  "
    }

    /// Without the address, which stands before it.
    private static func reason(of node: FleetProgress.Node) -> String? {
        guard let reason = node.reason else { return nil }
        for name in [node.address, node.name].compactMap({ $0 }) where reason.hasPrefix(name + ": ") {
            return TerminalText.sanitized(reason.dropFirst(name.count + 2))
        }
        return TerminalText.sanitized(reason)
    }

    /// As it is for every node that it holds for: without the one's address.
    private static func commonReason(of node: FleetProgress.Node) -> String? {
        guard let reason = reason(of: node), let address = node.address else { return reason(of: node) }
        let host = address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
        // What is shorter may be a part of any word.
        return host.count < 4 ? reason : reason.replacing(address, with: "it").replacing(host, with: "it")
    }

    private func lines(of node: FleetProgress.Node, isWhole: Bool) -> [String] {
        let room = max(4, width - indent)
        var name = TerminalText.sanitized(node.name)
        if let address = node.address, address != node.name { name += " (\(TerminalText.sanitized(address)))" }
        let short = TerminalText.sanitized(node.name)
        func isFit(_ text: String) -> Bool { text.unicodeScalars.count <= room }
        guard let reason = Self.reason(of: node) else {
            return [numbers(node) + (isFit(name) ? name : TerminalText.elided(short, width: room))]
        }
        for text in ["\(name): \(reason)", "\(short): \(reason)"] where isFit(text) { return [numbers(node) + text] }
        // The reason is what somebody can do something about: it is the name that gives way.
        let least = isWhole ? 24 : 16
        let nameRoom = room - reason.unicodeScalars.count - 2
        if nameRoom >= min(least, short.unicodeScalars.count) {
            return [numbers(node) + TerminalText.elided(short, width: nameRoom) + ": " + reason]
        }
        guard isWhole else {
            let name = TerminalText.elided(short, width: min(least, room / 2))
            return [numbers(node) + TerminalText.clipped("\(name): \(reason)", width: room)]
        }
        let below = reason.wrapped(width: max(8, width - 6)).map { "      " + $0 }
        return [numbers(node) + TerminalText.elided(isFit(name) ? name : short, width: room)] + below
    }

    private func lines(of group: Group) -> [String] {
        guard group.nodes.count > 1 else { return lines(of: group.nodes[0], isWhole: false) }
        let reason = Self.commonReason(of: group.nodes[0]).map { ": \($0)" } ?? ""
        guard isWide else {
            // The columns leave too little for a reason.
            let state = Self.word(group.nodes[0].state, isOver: isOver)
            return Array("  \(group.nodes.count) \(state)\(reason)".wrapped(width: width, indent: "    ").prefix(2))
        }
        let text = "\(group.nodes.count) nodes\(reason): " + group.nodes.map(\.name).joined(separator: ", ")
        return [numbers(group.nodes[0]) + TerminalText.clipped(text, width: max(4, width - indent))]
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
