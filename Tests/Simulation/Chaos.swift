import Bytes
import Coordinator

/// What goes wrong in one simulated run; everything is drawn from its seed.
struct Chaos {
    var images: Int
    var nodes: [Character]
    /// Microseconds, one way.
    var delay: ClosedRange<Int64>
    /// Faults happen before this time only; then the run must come to its end.
    var healing: Int64
    /// Files that no node can decode, and those on which the process that touches them dies.
    var badFiles: Set<Int>
    var killers: Set<Int>
    var faults: [(time: Int64, fault: Fault)]
    /// After a stall the coordinator handles what has come before it looks at its clock.
    var ticksLast: Bool
    /// One image of so many is evaluated by a second node.
    var verifyEvery: Int?

    /// How one node is.
    struct Character {
        var name: String
        /// Microseconds an image.
        var pace: Int64
        var batch: Int
        var joins: Int64
        /// Images that it does not have; nil for none, empty for all present.
        var lacks: Set<Int> = []
        /// Its IoU does not fit its box.
        var lies = false
        /// It ends its leases before all images have come.
        var isSloppy = false
        /// From the start, or from some time on, its device does nothing while its heartbeat goes on.
        var hangs: Int64?
        var isGood: Bool { !lies && !isSloppy && hangs == nil && lacks.isEmpty }
    }

    enum Fault {
        /// The connection breaks, both ends see it.
        case reset(node: Int)
        /// Nothing passes for a while, and then everything late; or the connection breaks at the end.
        case partition(node: Int, lasting: Int64, breaks: Bool)
        /// SIGSTOP and SIGCONT.
        case stop(node: Int, lasting: Int64)
        /// SIGKILL; another process takes its place.
        case kill(node: Int, back: Int64)
        /// SIGTERM; another process takes its place.
        case leave(node: Int, back: Int64)
        /// Its machine loses power: no end of the connection is ever seen. Comes back later as another process.
        case vanish(node: Int, back: Int64)
        case stall(lasting: Int64)
        case crash
    }

    /// Nothing goes wrong: nodes of these paces are there from the start.
    init(images: Int, paces: [Int64], batch: Int) {
        self.images = images
        nodes = paces.enumerated().map { Character(name: "n\($0)", pace: $1, batch: batch, joins: 0) }
        delay = 200...2000
        healing = 0
        (badFiles, killers, faults, ticksLast) = ([], [], [], false)
    }

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 1)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func seconds(_ range: ClosedRange<Double>) -> Int64 { Int64(Double.random(in: range, using: &random) * 1e6) }
        images = Int.random(in: 1...300, using: &random)
        healing = seconds(1...40)
        delay = 200...seconds(0.001...0.2)
        let count = Int.random(in: 1...6, using: &random)
        let pace = seconds(0.002...0.2)
        nodes = []
        for number in 0..<count {
            var node = Character(
                name: "n\(number)", pace: chance(20) ? pace * 10 : max(500, pace + seconds(-0.001...0.001)),
                batch: [1, 4, 32].randomElement(using: &random)!, joins: chance(70) ? 0 : seconds(0...30))
            if number > 0 {  // the first one is good: the run can always end
                if chance(8) { node.lies = true }
                if chance(5) { node.isSloppy = true }
                if chance(8) { node.hangs = seconds(0...20) }
                if chance(12) {
                    let share = [2, 20, 100].randomElement(using: &random)!
                    node.lacks = Set((0..<images).filter { _ in Int.random(in: 0..<100, using: &random) < share })
                }
                if number > 1, chance(6) { node.name = nodes[Int.random(in: 1..<number, using: &random)].name }
            }
            nodes.append(node)
        }
        badFiles = Set((0..<images).filter { _ in Int.random(in: 0..<400, using: &random) == 0 })
        killers = chance(10) ? [Int.random(in: 0..<images, using: &random)] : []
        ticksLast = chance(50)
        faults = []
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let time = Int64.random(in: 0...healing, using: &random)
            let node = Int.random(in: 0..<count, using: &random)
            let fault: Fault
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1: fault = .reset(node: node)
            case 2, 3: fault = .partition(node: node, lasting: seconds(0.5...40), breaks: chance(50))
            case 4, 5: fault = .stop(node: node, lasting: seconds(3...40))
            case 6: fault = .kill(node: node, back: seconds(0.5...20))
            case 7: fault = .leave(node: node, back: seconds(0.5...20))
            case 8: fault = .stall(lasting: seconds(1...30))
            case 9: fault = .vanish(node: node, back: seconds(0.5...100))
            default: fault = .crash
            }
            faults.append((time, fault))
        }
        if chance(30) { verifyEvery = [1, 3, 10].randomElement(using: &random)! }
    }
}
