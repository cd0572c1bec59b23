import Coordinator
import Protocol
import SelectiveTuning
import Testing

/// Two results of one image that differ: a third node decides, and the odd one is named.
@Suite struct LedgerDisputeTests {
    private let samples: LedgerSamples
    private let storage = InMemoryStorage()
    private var ledger: Ledger
    private let (a, b, c, d): (UInt32, UInt32, UInt32, UInt32)

    init() throws {
        samples = try LedgerSamples()
        ledger = try samples.open(storage)
        func join(_ name: String, _ ledger: inout Ledger) throws -> UInt32 {
            try ledger.nodeJoined(name: name, device: "cpu", numerics: "bits")
        }
        (a, b) = (try join("a", &ledger), try join("b", &ledger))
        (c, d) = (try join("c", &ledger), try join("d", &ledger))
    }

    /// The honest result of an image, or another one that no check tells from it.
    private func result(_ image: Int, lie: Int64 = 0) -> ImageResult {
        var found = samples.found(image)
        found.ties += lie
        return samples.result(image, found)
    }

    private func ties(_ ledger: Ledger, _ image: Int = 0) -> Int? { ledger.record(image)?.ties }

    /// The journal holds all of it.
    private func expectSameAfterReopening() throws {
        try ledger.journal.flush()
        let again = try samples.open(storage.crashed(after: .max))
        #expect(again.counts == ledger.counts && again.deliveries == ledger.deliveries)
        #expect(again.disputes == ledger.disputes && again.oddNodes == ledger.oddNodes)
        for image in 0..<ledger.images {
            #expect(try again.result(image) == ledger.result(image))
            #expect(again.evaluators(image) == ledger.evaluators(image))
            #expect(again.evaluator(image) == ledger.evaluator(image))
            #expect(again.isVerified(image) == ledger.isVerified(image))
        }
    }

    private func isDisputed(_ acceptance: Acceptance) -> Bool {
        switch acceptance {
        case .different, .stillDisputed: true
        default: false
        }
    }

    @Test mutating func theFirstIsOddAndTheSecondCounts() throws {
        #expect(try ledger.accept(result(0, lie: 1), node: a) == .first)
        #expect(isDisputed(try ledger.accept(result(0), node: b)))
        #expect(ledger.disputes == [OpenDispute(image: 0, evaluators: ["a", "b"])])
        #expect(ties(ledger) == 4, "until it is settled the first counts")
        #expect(ledger.deliveries.disagreeing == ["a0"] && ledger.oddNodes.isEmpty)
        try expectSameAfterReopening()
        let settlement = Settlement(image: 0, counted: b, odd: [a], supersedes: true)
        #expect(try ledger.accept(result(0), node: c) == .settled(settlement))
        #expect(ties(ledger) == 3 && ledger.evaluator(0) == "b")
        #expect(ledger.disputes.isEmpty && ledger.deliveries.disagreeing.isEmpty && ledger.counts.evaluated == 1)
        #expect(ledger.deliveries.settlements == .init(settled: 1, oddNodes: ["a"]))
        try expectSameAfterReopening()
    }

    @Test mutating func theSecondIsOddAndTheFirstGoesOnCounting() throws {
        _ = try ledger.accept(result(0), node: a)
        _ = try ledger.accept(result(0, lie: 1), node: b)
        let settlement = Settlement(image: 0, counted: a, odd: [b], supersedes: false)
        #expect(try ledger.accept(result(0), node: c) == .settled(settlement))
        #expect(ties(ledger) == 3 && ledger.oddNodes == ["b"])
        try expectSameAfterReopening()
    }

    /// Two had agreed before the third one differed.
    @Test mutating func aResultAgainstTwoIsOddAtOnce() throws {
        _ = try ledger.accept(result(0), node: a)
        _ = try ledger.accept(result(0), node: b)
        let settlement = Settlement(image: 0, counted: a, odd: [c], supersedes: false)
        #expect(try ledger.accept(result(0, lie: 1), node: c) == .settled(settlement))
        #expect(ledger.disputes.isEmpty && ledger.deliveries.settlements?.oddNodes == ["c"])
        #expect(try ledger.accept(result(0), node: d) == .same)
        try expectSameAfterReopening()
    }

    @Test mutating func threeThatAllDifferAreStillDisputed() throws {
        _ = try ledger.accept(result(0), node: a)
        _ = try ledger.accept(result(0, lie: 1), node: b)
        #expect(isDisputed(try ledger.accept(result(0, lie: 2), node: c)))
        #expect(ledger.disputes == [OpenDispute(image: 0, evaluators: ["a", "b", "c"])])
        try expectSameAfterReopening()
        let settlement = Settlement(image: 0, counted: b, odd: [a, c], supersedes: true)
        #expect(try ledger.accept(result(0, lie: 1), node: d) == .settled(settlement))
        #expect(ties(ledger) == 4)
        try expectSameAfterReopening()
    }

    @Test mutating func twoAgainstTwoUndoesWhatThreeHadSettled() throws {
        _ = try ledger.accept(result(0), node: a)
        _ = try ledger.accept(result(0, lie: 1), node: b)
        _ = try ledger.accept(result(0), node: c)
        #expect(isDisputed(try ledger.accept(result(0, lie: 1), node: d)))
        #expect(ledger.disputes == [OpenDispute(image: 0, evaluators: ["a", "c", "b", "d"])])
        #expect(ties(ledger) == 3 && ledger.oddNodes.isEmpty && ledger.deliveries.disagreeing == ["a0"])
        try expectSameAfterReopening()
    }

    /// A node that was started again, on another device or with other numerics, has no second voice.
    @Test mutating func oneNameIsOneVoice() throws {
        let again = try ledger.nodeJoined(name: "b", device: "gpu", numerics: "bits")
        _ = try ledger.accept(result(0), node: a)
        _ = try ledger.accept(result(0, lie: 1), node: b)
        #expect(isDisputed(try ledger.accept(result(0, lie: 1), node: again)))
        #expect(ledger.disputes.map(\.evaluators) == [["a", "b"]] && !ledger.isVerified(1))
        _ = try ledger.accept(result(1), node: b)
        #expect(try ledger.accept(result(1), node: again) == .same)
        #expect(!ledger.isVerified(1) && ledger.evaluators(1) == ["b"])
        try expectSameAfterReopening()
    }

    @Test mutating func aNodeThatContradictsItselfIsOddWhereAnotherDecides() throws {
        _ = try ledger.accept(result(0, lie: 1), node: a)
        #expect(isDisputed(try ledger.accept(result(0), node: a)))
        #expect(ledger.disputes == [OpenDispute(image: 0, evaluators: ["a"])])
        let settlement = Settlement(image: 0, counted: a, odd: [a], supersedes: true)
        #expect(try ledger.accept(result(0), node: b) == .settled(settlement))
        #expect(ties(ledger) == 3)
        try expectSameAfterReopening()
    }

    /// The odd node's other results rest on its word alone: they are evaluated anew, those that another one found are not.
    @Test mutating func whatTheOddNodeEvaluatedAloneIsNotConfirmed() throws {
        for image in [0, 1, 2] { _ = try ledger.accept(result(image, lie: image == 0 ? 1 : 0), node: a) }
        _ = try ledger.accept(result(3), node: b)
        _ = try ledger.accept(result(1), node: b)
        _ = try ledger.accept(result(0), node: b)
        _ = try ledger.accept(result(0), node: c)
        #expect(ledger.oddNodes == ["a"] && ledger.unconfirmed(by: ledger.oddNodes) == [2])
        #expect(ledger.unconfirmed(by: ["a", "b"]) == [1, 2, 3] && ledger.unconfirmed(by: []).isEmpty)
        #expect(ledger.deliveries.settlements?.unconfirmed == 1)
        try ledger.drop(2)
        #expect(!ledger.isDone(2) && ledger.counts.evaluated == 3 && ledger.oddNodes == ["a"])
        #expect(ledger.deliveries.settlements == .init(settled: 1, oddNodes: ["a"]))
        #expect(try ledger.accept(result(2), node: b) == .first)
        try expectSameAfterReopening()
    }

    @Test mutating func anImageThatIsTakenBackStillSpeaksAgainstItsOddNode() throws {
        for (lie, node) in [(Int64(1), a), (0, b), (0, c)] { _ = try ledger.accept(result(0, lie: lie), node: node) }
        try ledger.drop(0)
        #expect(ledger.oddNodes == ["a"] && ledger.deliveries.settlements?.settled == 1 && !ledger.isDone(0))
        try expectSameAfterReopening()
        #expect(try ledger.accept(result(0), node: b) == .first)
        #expect(try ledger.accept(result(0), node: c) == .same, "the dispute is over with the results")
    }

    /// In precision `fast`, nodes of one kind are to agree, and those of two kinds need not.
    @Test func nodesOfDifferentKindsDisputeNothingInFast() throws {
        var fast = samples
        fast.options.precision = .fast
        fast.options.agreementEvery = 100
        var ledger = try fast.open(storage)
        let cpu = try ledger.nodeJoined(name: "x", device: "cpu", numerics: "cpu bits")
        let gpu = try ledger.nodeJoined(name: "y", device: "gpu", numerics: "gpu bits")
        let image = 1
        #expect(try ledger.accept(result(image), node: cpu) == .first)
        guard case .otherKind(let difference) = try ledger.accept(result(image, lie: 1), node: gpu) else {
            Issue.record("another kind may find other bits")
            return
        }
        #expect(difference.fields == ["ties"] && ledger.disputes.isEmpty && ledger.isVerified(image))
        #expect(ledger.unconfirmed(by: ["x"]) == [image], "other bits confirm nothing")
        let second = try ledger.nodeJoined(name: "w", device: "cpu", numerics: "cpu bits")
        #expect(isDisputed(try ledger.accept(result(image, lie: 2), node: second)))
    }

    /// Whatever voices come in whatever order, the result of most nodes counts once two agree.
    @Test func manyVoicesInAnyOrder() throws {
        for seed in 0..<200 {
            var random = SeededGenerator(seed: UInt64(seed))
            let storage = InMemoryStorage()
            var ledger = try samples.open(storage)
            let nodes = try (0..<6).map { try ledger.nodeJoined(name: "n\($0)", device: "cpu", numerics: "bits") }
            var voices: [Int64: Set<UInt32>] = [:]
            for _ in 0..<Int.random(in: 2...8, using: &random) {
                let (lie, node) = (Int64.random(in: 0...2, using: &random), nodes.randomElement(using: &random)!)
                voices[lie, default: []].insert(node)
                let acceptance = try ledger.accept(result(0, lie: lie), node: node)
                let most = voices.values.map(\.count).max()!
                let leaders = voices.filter { $0.value.count == most }
                let isSettled = most > 1 && leaders.count == 1
                #expect(ledger.disputes.isEmpty == (voices.count == 1 || isSettled), "seed \(seed)")
                if voices.count > 1, isSettled {
                    #expect(ties(ledger) == 3 + Int(leaders.first!.key), "seed \(seed)")
                    let odd = voices.filter { $0.key != leaders.first!.key }.values.flatMap { $0 }
                    #expect(ledger.oddNodes == Set(odd.map { "n\($0)" }), "seed \(seed)")
                    if case .settled(let settlement) = acceptance { #expect(Set(settlement.odd) == Set(odd)) }
                }
            }
            try ledger.journal.flush()
            let again = try samples.open(storage)
            #expect(again.deliveries == ledger.deliveries && again.disputes == ledger.disputes, "seed \(seed)")
            #expect(try again.result(0) == ledger.result(0) && again.counts == ledger.counts, "seed \(seed)")
        }
    }
}
