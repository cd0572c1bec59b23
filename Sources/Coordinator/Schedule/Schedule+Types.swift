extension Schedule {
    public enum NodeState: String, Sendable, CaseIterable {
        case live
        /// Silent for a while: keeps its leases, gets no new ones.
        case suspect
        /// Silent for too long: its leases went back, its late results still count.
        case dead
        /// Finishes its running lease and goes.
        case leaving
        /// The connection has ended.
        case gone
        /// Takes no further part.
        case evicted
    }

    /// One node by its stable name, over all its connections.
    public struct Node: Sendable {
        public let name: String
        /// Where it was met last.
        public internal(set) var place: String
        public internal(set) var instance: UInt64
        public internal(set) var state: NodeState
        /// Images that its device takes at once.
        public internal(set) var batch: Int
        /// Images a second, a moving average; 0 while unknown.
        public internal(set) var rate = 0.0
        public internal(set) var lastHeard: Microseconds
        /// Outstanding leases; the first is the one that runs.
        public internal(set) var leases: [UInt64] = []
        /// Leases that went back while the node was thought dead and that it has not ended: they still fill its places.
        var late = 0
        /// Leases that were too short to tell a speed from one of them.
        var unmeasured: (images: Int, time: Microseconds) = (0, 0)
        /// Images that count as this node's.
        public internal(set) var succeeded = 0
        public internal(set) var failed = 0
        /// Failures that no other node has confirmed or contradicted yet.
        var openFailures = 0
        var contradictions = 0
        var missedDeadlines = 0
        /// Faults of its device that it reported and outlived.
        var faults = 0
        /// Leases that it lost, and those since its last result.
        var lostLeases = 0
        public internal(set) var fruitless = 0
        /// What was noted of images when this node was lost: taken back if it turns out to live.
        var losses: [Loss] = []

        /// Leases that the node itself holds, as far as is known.
        var held: Int { leases.count + late }

        /// What it lost last may be the images' fault: until then it had results.
        var isProven: Bool { hasResults && fruitless == 0 }
        var hasResults: Bool { succeeded + failed > 0 }

        public var isConnected: Bool { state != .gone && state != .evicted }
    }

    public struct OutstandingLease: Sendable {
        public let id: UInt64
        public let node: Int
        /// In the order in which the node evaluates them.
        public let images: [Int]
        /// Those that have not come back.
        var open: OpenImages
        /// When it became its node's running lease; nil while it waits behind another.
        public internal(set) var start: Microseconds?
        var deadline: Microseconds?
        let allowance: Microseconds
        var delivered = 0
        /// When it was asked back.
        var cancelled: Microseconds?
        var isCancelled: Bool { cancelled != nil }
        /// A second evaluation of images that another node has.
        let isSpeculative: Bool
        /// Its node was lost; its images went back.
        public internal(set) var isLost = false

        /// An image has come back. Says whose lease it is, and whether it is lost.
        mutating func took(_ image: Int, now: Microseconds) -> (node: Int, isLost: Bool) {
            open.remove(image)
            delivered += 1
            if deadline != nil { deadline = now + allowance }
            return (node, isLost)
        }
    }

    /// Why a node may not join.
    public enum JoinRefusal: Error, Sendable, Hashable, CustomStringConvertible {
        case evicted(name: String)
        case duplicate(name: String)
        /// Another node, of this name, serves this device too.
        case duplicateDevice(name: String, device: String)

        public var description: String {
            switch self {
            case .evicted(let name): "\(name) was evicted from this run"
            case .duplicate(let name):
                "\(name) takes part already: two nodes have the same name; give one --name"
            case .duplicateDevice(let name, let device):
                "\(name) takes part already and serves \(device) too: a GPU has one node, alone or together with others"
            }
        }
    }
}
