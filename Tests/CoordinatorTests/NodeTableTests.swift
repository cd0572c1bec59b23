import Testing

@testable import Coordinator

@Suite struct NodeTableTests {
    private typealias Node = FleetProgress.Node

    private let three = [
        Node(
            name: "vm/cpu:7101", address: "127.0.0.1:7101", state: .working, imagesPerSecond: 128.7, imagesDone: 12_345,
            leaseAgeSeconds: 0.8),
        Node(
            name: "a-very-long-node-name-of-somebody-07/cpu:7102", address: "10.0.0.2:7102", state: .working,
            imagesPerSecond: 9.5, imagesDone: 7),
        Node(
            name: "10.0.0.3:7103", address: "10.0.0.3:7103", state: .connecting,
            reason: "10.0.0.3:7103: busy: it evaluates for coordinator 10.1.1.1 and has 1,234 images left"),
    ]

    @Test func aWideTerminalHasEverything() {
        #expect(
            NodeTable(three, width: 199, isOver: false).lines(limit: 20) == [
                "   images  images/s   lease  node",
                "   12,345     128.7   0.8 s  vm/cpu:7101 (127.0.0.1:7101)",
                "        7       9.5       -  a-very-long-node-name-of-somebody-07/cpu:7102 (10.0.0.2:7102)",
                "           connecting        "
                    + "10.0.0.3:7103: busy: it evaluates for coordinator 10.1.1.1 and has 1,234 images left",
            ])
    }

    /// Of a name both ends, of a reason every word, wherever there is a line for it.
    @Test(arguments: [39, 59, 79])
    func aNarrowOneCutsNames(_ width: Int) {
        let lines = NodeTable(three, width: width, isOver: false).lines(limit: 20)
        #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
        let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
        for part in ["12,345 128.7", "7 9.5", "busy: it evaluates for coordinator 10.1.1.1 and has 1,234 images left"] {
            #expect(text.contains(part), "\(part) in \(lines)")
        }
        #expect(lines[2].contains("...") == (width < 79) && lines[2].hasSuffix(":7102"), "\(lines[2])")
    }

    @Test func atTheEndNobodyWorks() {
        let lines = NodeTable(three, width: 79, isOver: true).lines(limit: 20)
        #expect(lines[1] == "   12,345  done              vm/cpu:7101 (127.0.0.1:7101)")
        #expect(lines[3].contains("not reached"))
    }

    /// Forty hosts that do not answer say one thing.
    @Test func nodesOfOneStateShareALine() {
        let silent = (0..<40).map {
            Node(name: "host\($0):7000", state: .connecting, reason: "cannot connect: timed out")
        }
        let lines = NodeTable(three + silent, width: 79, isOver: false).lines(limit: 12)
        #expect(lines.count == 5, "\(lines)")
        #expect(
            lines[4] == "           connecting        40 nodes: cannot connect: timed out: host0:7000...",
            "\(lines[4])")
        // Those that work have a line each as far as there is room, and those that need a look come before them.
        let working = (0..<40).map { Node(name: "w\($0)", state: .working, imagesDone: 1) }
        let evicted = Node(name: "odd", state: .evicted, imagesDone: 9, reason: "results differ")
        let some = NodeTable(working + [evicted] + silent, width: 79, isOver: false).lines(limit: 10)
        #expect(some.count == 10)
        #expect(some[8].hasSuffix("odd: results differ"), "\(some)")
        #expect(some[9] == "  and 73 more: 40 connecting, 33 working", "\(some)")
        // Also where each names itself in it.
        let refused = (0..<40).map {
            Node(
                name: "10.0.0.\($0):7000", address: "10.0.0.\($0):7000", state: .connecting,
                reason: "10.0.0.\($0) is not loopback")
        }
        let few = NodeTable(refused, width: 79, isOver: false).lines(limit: 12)
        #expect(few.count == 2 && few[1].contains("40 nodes: it is not loopback: 10.0.0.0:7000"), "\(few)")
        #expect(
            NodeTable(silent, width: 39, isOver: false).lines(limit: 12)
                == ["  images    images/s  node", "  40 connecting: cannot connect: timed", "    out"])
        #expect(NodeTable(silent, width: 79, isOver: false).lines(limit: 2) == ["  40 nodes: 40 connecting"])
    }
}
