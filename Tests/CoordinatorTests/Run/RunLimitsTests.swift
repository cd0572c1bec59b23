import Protocol
import Testing

@testable import Coordinator

/// How long each phase may last, and what of that a coordinator that stood still forgives.
@Suite struct RunLimitsTests {
    /// Its heartbeat goes on: only the limit tells.
    @Test func aNodeThatPreparesForTooLongHangs() throws {
        var bench = try RunBench(endpoints: ["p"])
        let id = try bench.dialled(at: "p")
        bench.hear(.heard(session: id, .other(.opened)))
        // 2 minutes, and a second for 20 MB of weights.
        bench.pass(seconds: 119)
        #expect(!bench.isSaid("node hangs") && bench.run.sessions[id]?.phase == .preparing)
        bench.pass(seconds: 3)
        #expect(bench.isSaid("node hangs") && bench.run.sessions[id]?.phase == .closing)
        #expect(bench.run.endpoints["p"]?.inVainSince.map { bench.run.now - $0 >= 120 * RunBench.second } == true)
    }

    /// What it asks for of the weights is given the time that it takes.
    @Test func whoIsSentTheWeightsHasTimeForThem() throws {
        var bench = try RunBench(endpoints: ["p"]) { $0.job.weightsBytes = 100_000_000 }
        let id = try bench.dialled(at: "p")
        bench.hear(.heard(session: id, .other(.opened)))
        bench.pass(seconds: 100)
        bench.hear(.wantWeights(offset: 0, bytes: 1 << 20), from: id)
        bench.pass(seconds: 215)
        #expect(!bench.isSaid("node hangs"))
        // The same once more is no progress.
        bench.hear(.wantWeights(offset: 0, bytes: 1 << 20), from: id)
        bench.pass(seconds: 10)
        #expect(bench.isSaid("node hangs"))
    }

    /// The next run's weights are offered to who is ready, and sent as they are asked for.
    @Test func whoIsReadyIsSentTheNextWeights() throws {
        let next = WeightsFile(sha256: String(repeating: "a", count: 64), bytes: 1000, suffix: ".pth")
        var bench = try RunBench(endpoints: ["p"]) { $0.weightsAhead = next }
        let id = try bench.join("n", at: "p")
        #expect(bench.actions.contains { if case .send(id, .weightsAhead(next)) = $0 { true } else { false } })
        bench.hear(.wantWeights(offset: 100, bytes: 900), from: id)
        #expect(bench.actions.contains { if case .sendWeightsAhead(id, 100..<1000) = $0 { true } else { false } })
        bench.hear(.wantWeights(offset: 100, bytes: 901), from: id)
        #expect(bench.run.sessions[id]?.phase == .closing)

        var alone = try RunBench(endpoints: ["p"])
        let other = try alone.join("n", at: "p")
        #expect(!alone.actions.contains { if case .send(_, .weightsAhead) = $0 { true } else { false } })
        alone.hear(.wantWeights(offset: 0, bytes: 1), from: other)
        #expect(alone.run.sessions[other]?.phase == .closing)
    }

    /// Past its limit and silent: it is told once, and as what is known of it.
    @Test func aSilentNodeIsNotSaidToHangAsWell() throws {
        var bench = try RunBench(endpoints: ["p"]) {
            $0.limits.preparing = 15 * RunBench.second
            $0.job.weightsBytes = 0
        }
        let id = try bench.dialled(at: "p")
        bench.hear(.heard(session: id, .other(.opened)))
        bench.silent = [id]
        bench.pass(seconds: 16)
        #expect(bench.run.endpoints["p"]?.reason == "silent for 15 s")
        #expect(!bench.isSaid("node hangs"))
    }

    @Test func aHandshakeThatIsSilentIsGivenUpSoonerThanANode() throws {
        var bench = try RunBench(endpoints: ["p", "q"])
        let id = try bench.dialled(at: "q")
        let a = try bench.join("a", at: "p")
        bench.silent = [a, id]
        bench.pass(seconds: 16)
        #expect(bench.run.sessions[id]?.phase == .closing && bench.run.endpoints["q"]?.reason == "silent for 15 s")
        #expect(bench.state("a") == .dead && bench.run.sessions[a]?.node != nil, "what it brings is work done")
        bench.pass(seconds: 46)
        #expect(bench.run.sessions[a]?.phase == .closing && bench.run.endpoints["p"]?.reason == "silent for 60 s")
    }

    /// Nobody could be heard in that time.
    @Test func aCoordinatorThatStoodStillBlamesNobody() throws {
        var bench = try RunBench(endpoints: ["p", "q"]) { $0.waitSeconds = 10 }
        let a = try bench.join("a", at: "p")
        let id = try bench.dialled(at: "q")
        bench.hear(.heard(session: id, .other(.opened)))
        bench.pass(seconds: 110)
        let lease = bench.leases(a)[0]
        for _ in 0..<2 {
            bench.stall(seconds: 15)
            bench.hear(.tick)
        }
        #expect(bench.ending == nil && bench.state("a") == .live)
        #expect(bench.run.sessions[a]?.node != nil && bench.run.sessions[id]?.phase == .preparing)
        #expect(!bench.isSaid("node hangs"))
        bench.answer(lease, from: a)
        #expect(bench.state("a") == .live && bench.run.ledger.counts.done == 2)
        #expect(bench.run.schedule.attempts(of: Int(lease.images[0].index)) == 0)
    }

    /// Its heartbeat goes on while its lease does not.
    @Test func aDeviceThatHangsIsLostAndTheThirdTimeEvicted() throws {
        var bench = try RunBench(endpoints: ["p"])
        for count in 1...3 {
            _ = try bench.join("a", at: "p")
            bench.pass(seconds: 119)
            #expect(bench.state("a") == .live, "its speed is not known: it has two minutes")
            bench.pass(seconds: 2)
            #expect(bench.state("a") == (count < 3 ? .gone : .evicted), "after \(count)")
            for id in bench.run.sessions.keys.sorted() { bench.end(id, .local) }
        }
        #expect(bench.notes.contains { $0.contains("no result for too long, though its heartbeat goes on") })
    }
}
