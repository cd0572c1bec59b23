import Protocol
import Testing

@testable import Coordinator

/// Two results of one image that differ.
@Suite struct RunDisputesTests {
    /// Node "b" alone has found images 2 and 3, and differs from "a" over image 0.
    private func disputed() throws -> (RunBench, a: Int, b: Int) {
        var bench = try RunBench(images: 4) {
            $0.verifyEvery = 1
            $0.policy.outstanding = 1
        }
        let (a, b) = try (bench.join("a", at: "p"), bench.join("b", at: "q"))
        #expect(bench.leases(a).map { $0.images.map(\.index) } == [[0, 1]])
        #expect(bench.leases(b).map { $0.images.map(\.index) } == [[2, 3]])
        bench.answer(bench.leases(a)[0], from: a)
        bench.answer(bench.leases(b)[0], from: b)
        let second = try #require(bench.leases(b).dropFirst().first { $0.images.contains { $0.index == 0 } })
        bench.hear(.results(lease: second.id, [bench.other(0)]), from: b)
        #expect(bench.run.ledger.disputes == [OpenDispute(image: 0, evaluators: ["a", "b"])])
        #expect(bench.notes.contains { $0.contains("differs from an earlier one (ties): a third node is to decide") })
        return (bench, a, b)
    }

    @Test func aThirdNodeSettlesIt() throws {
        var (bench, a, _) = try disputed()
        let c = try bench.join("c", at: "r")
        let lease = try #require(bench.leases(c).first { $0.images.contains { $0.index == 0 } })
        bench.hear(.results(lease: lease.id, [bench.samples.result(0)]), from: c)
        #expect(bench.state("b") == .evicted && bench.state("a") == .live && bench.state("c") == .live)
        #expect(bench.run.ledger.disputes.isEmpty)
        // What it alone had found does not count any more.
        #expect(bench.isSaid("evaluated anew"))
        #expect(!bench.run.ledger.isDone(2) || bench.run.ledger.evaluators(2) != ["b"])
        #expect(!bench.run.ledger.isDone(3) || bench.run.ledger.evaluators(3) != ["b"])
        bench.hear(
            .results(
                lease: lease.id, lease.images.filter { $0.index != 0 }.map { bench.samples.result(Int($0.index)) }),
            from: c)
        bench.hear(.leaseDone(lease.id), from: c)
        for _ in 0..<4 {
            bench.answerAll(
                from: a, after: bench.leases(a).firstIndex { bench.run.schedule.leases[$0.id] != nil } ?? 99)
            bench.answerAll(
                from: c, after: bench.leases(c).firstIndex { bench.run.schedule.leases[$0.id] != nil } ?? 99)
            bench.pass(seconds: 0.2)
        }
        #expect(bench.ending == .complete)
        for image in 0..<4 {
            #expect(try bench.run.ledger.result(image)?.outcome == bench.samples.result(image).outcome)
            #expect(!bench.run.ledger.evaluators(image).contains("b") || image < 2)
        }
    }

    /// The node that was outvoted does not come back under its name.
    @Test func theOddOneIsNotLetInAgain() throws {
        var (bench, _, b) = try disputed()
        let c = try bench.join("c", at: "r")
        let lease = try #require(bench.leases(c).first { $0.images.contains { $0.index == 0 } })
        bench.hear(.results(lease: lease.id, [bench.samples.result(0)]), from: c)
        bench.end(b, .local)
        bench.hear(.fleet(FleetChange(added: [EndpointFacts(name: "s", reconnects: true)])))
        let again = try bench.join("b", at: "s", instance: 9)
        #expect(bench.leases(again).isEmpty && bench.isSaid("node may not join"))
        #expect(bench.run.endpoints["s"]?.refusal == .evicted)
    }

    /// With every further node the odds grow that the picture, or the run, is what is wrong.
    @Test func aDisputeThatNoTwoOfFourAgreeOnIsLeftOpen() throws {
        var bench = try RunBench(images: 1, endpoints: ["p", "q", "r", "s", "t"]) { $0.verifyEvery = 1 }
        for (place, endpoint) in ["p", "q", "r", "s"].enumerated() {
            let id = try bench.join("n\(place)", at: endpoint)
            let lease = try #require(bench.leases(id).first)
            bench.hear(.results(lease: lease.id, [bench.other(0, by: Int64(place))]), from: id)
            bench.hear(.leaseDone(lease.id), from: id)
        }
        bench.pass(seconds: 0.1)
        #expect(bench.ending == .complete && bench.run.ledger.disputes.count == 1)
        #expect(try bench.run.ledger.result(0)?.outcome == bench.samples.result(0).outcome, "what counted first counts")
        #expect(!bench.isSaid("node evicted"))
    }
}
