import Bytes

/// What goes wrong in one simulated run; everything is drawn from its seed.
struct Chaos {
    var images: Int
    var nodes: [Character]
    /// Microseconds, one way.
    var delay: ClosedRange<Int64>
    /// Faults happen before this time only; then the run must come to its end.
    var healing: Int64
    /// Files that no node can decode, and those on which the process that touches them dies.
    var badFiles: Set<Int> = []
    var killers: Set<Int> = []
    var faults: [(time: Int64, fault: Fault)] = []
    /// After a stall the coordinator handles what has come before it looks at its clock.
    var ticksLast = false
    /// One image of so many is evaluated by a second node.
    var verifyEvery: Int?
    /// `--wait`.
    var waitSeconds = 60.0
    /// The coordinator has its own copies of the images; reading one takes so long, in microseconds.
    var ownFiles: Int64?
    /// How long the coordinator computes its own canary; nil where it cannot.
    var ownNumerics: Int64?
    /// Nodes make a file of each image; writing one takes so long, in microseconds.
    var pictures: Int64?
    /// Nodes come through an announce directory or a hosts file that is read again.
    var mayGrow = true
    /// The run can be finished.
    var hasGoodNodes: Bool { nodes.contains(where: \.isGood) }

    /// How one node is.
    struct Character {
        var name: String
        /// Microseconds an image.
        var pace: Int64
        var batch: Int
        /// When it is announced.
        var joins: Int64
        /// How long it prepares a job.
        var preparing: Int64 = 200_000
        /// Images that it does not have.
        var lacks: Set<Int> = []
        /// Its IoU does not fit its box.
        var lies = false
        /// Every so many images it finds something else, in itself without contradiction.
        var differsEvery: Int?
        /// It ends its leases before all images have come.
        var isSloppy = false
        /// Some of its results hold a file that is not the coordinator's.
        var hasOtherFiles = false
        /// From some time on its device does nothing while its heartbeat goes on.
        var hangs: Int64?
        /// Its device fails with every so many images, and the process lives.
        var faultsAfter: Int?
        /// The process dies with every lease, and another one takes its place at once.
        var crashes = false
        /// It prepares for ever.
        var preparesForEver = false
        /// It cannot read the weights.
        var lacksWeights = false
        /// It computes other bits.
        var isOther = false
        /// It has another key, or another version, until then.
        var refusesUntil: Int64 = 0
        /// What it says meanwhile.
        var refusal = Refusing.key
        /// Another coordinator has it until then.
        var busyUntil: Int64 = 0
        /// It does not answer when a lease is asked back.
        var keepsCancelled = false

        enum Refusing { case key, version, strangers, garbled }

        /// Nothing that it does is a reason to send it away.
        var isGood: Bool {
            !lies && differsEvery == nil && !isSloppy && !hasOtherFiles && hangs == nil && faultsAfter == nil
                && !crashes
                && !preparesForEver && !lacksWeights && !isOther && lacks.isEmpty && refusesUntil != .max
        }
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
        /// Its announce file goes, and comes again.
        case unannounce(node: Int, back: Int64)
        case stall(lasting: Int64)
        /// Of the coordinator's process, or of its machine: then the journal is cut where it was not synchronised.
        case crash(losesPower: Bool)
        /// SIGHUP to the coordinator.
        case reread
    }

    /// Nothing goes wrong: nodes of these paces are there from the start.
    init(images: Int, paces: [Int64], batch: Int) {
        self.images = images
        nodes = paces.enumerated().map { Character(name: "n\($0)", pace: $1, batch: batch, joins: 0, preparing: 0) }
        delay = 200...2000
        healing = 0
    }

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 1)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func seconds(_ range: ClosedRange<Double>) -> Int64 { Int64(Double.random(in: range, using: &random) * 1e6) }
        images = Int.random(in: 1...300, using: &random)
        healing = seconds(1...40)
        delay = 200...seconds(0.001...0.2)
        waitSeconds = Double(Int.random(in: 5...60, using: &random))
        let count = Int.random(in: 1...6, using: &random)
        let pace = seconds(0.002...0.2)
        nodes = []
        for number in 0..<count {
            var node = Character(
                name: "n\(number)", pace: chance(20) ? pace * 10 : max(500, pace + seconds(-0.001...0.001)),
                batch: [1, 4, 32].randomElement(using: &random)!, joins: chance(70) ? 0 : seconds(0...30),
                preparing: chance(80) ? seconds(0.01...2) : seconds(2...40))
            if chance(8) { node.busyUntil = min(healing, seconds(0...30)) }
            if chance(12) {
                node.refusesUntil = min(healing, seconds(0...30))
                node.refusal = [.key, .version, .strangers, .garbled].randomElement(using: &random)!
            }
            if number > 0 {  // the first one is good: the run can always end
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<6: node.lies = true
                case 6..<12: node.differsEvery = Int.random(in: 1...20, using: &random)
                case 12..<16: node.isSloppy = true
                case 16..<22: node.hangs = seconds(0...20)
                case 22..<27: node.faultsAfter = Int.random(in: 1...40, using: &random)
                case 27..<32: node.crashes = true
                case 32..<36: node.preparesForEver = true
                case 36..<39: node.lacksWeights = true
                case 39..<43: node.isOther = true
                case 43..<46: node.hasOtherFiles = true
                case 46..<50: node.refusesUntil = .max
                case 50..<60:
                    let share = [2, 20, 100].randomElement(using: &random)!
                    node.lacks = Set((0..<images).filter { _ in Int.random(in: 0..<100, using: &random) < share })
                default: break
                }
                if chance(6) { node.keepsCancelled = true }
                if number > 1, chance(6) { node.name = nodes[Int.random(in: 1..<number, using: &random)].name }
            }
            nodes.append(node)
        }
        // Sometimes nobody is any good: then the run has to see that, and end.
        if chance(6) {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: nodes[0].preparesForEver = true
            case 1: nodes[0].crashes = true
            case 2: nodes[0].faultsAfter = 1
            case 3: nodes[0].hangs = 0
            default: nodes[0].refusesUntil = .max
            }
        }
        badFiles = Set((0..<images).filter { _ in Int.random(in: 0..<400, using: &random) == 0 })
        killers = chance(10) ? [Int.random(in: 0..<images, using: &random)] : []
        ticksLast = chance(50)
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let time = Int64.random(in: 0...healing, using: &random)
            let node = Int.random(in: 0..<count, using: &random)
            let fault: Fault
            switch Int.random(in: 0..<14, using: &random) {
            case 0, 1: fault = .reset(node: node)
            case 2, 3: fault = .partition(node: node, lasting: seconds(0.5...40), breaks: chance(50))
            case 4, 5: fault = .stop(node: node, lasting: seconds(3...40))
            case 6: fault = .kill(node: node, back: seconds(0.5...20))
            case 7: fault = .leave(node: node, back: seconds(0.5...20))
            case 8: fault = .stall(lasting: seconds(1...30))
            case 9: fault = .vanish(node: node, back: seconds(0.5...100))
            case 10: fault = .unannounce(node: node, back: seconds(0.5...20))
            case 11: fault = .reread
            default: fault = .crash(losesPower: chance(50))
            }
            faults.append((time, fault))
        }
        if chance(30) { verifyEvery = [1, 3, 10].randomElement(using: &random)! }
        if chance(40) { ownFiles = chance(80) ? seconds(0.001...0.05) : seconds(0.5...3) }
        if chance(60) { ownNumerics = seconds(0.01...10) }
        // Without the coordinator's own canary, who came first decides; then nobody else's arithmetic may.
        if ownNumerics == nil { for number in nodes.indices { nodes[number].isOther = false } }
        // Where nobody can come later, all are there from the start.
        mayGrow = chance(70)
        if !mayGrow { for number in nodes.indices { nodes[number].joins = 0 } }
        if chance(35) { pictures = chance(80) ? seconds(0.001...0.05) : seconds(0.5...3) }
    }
}
