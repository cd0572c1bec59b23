import Protocol
import Testing

@testable import Coordinator

/// What a node says that it may not say, or that means nothing.
@Suite struct RunMessagesTests {
    @Test func aSecondWordThatItLeavesIsABreach() throws {
        var bench = try RunBench()
        let a = try bench.join("a", at: "p")
        bench.hear(.leaving(reason: "SIGTERM"), from: a)
        #expect(bench.state("a") == .leaving)
        bench.hear(.leaving(reason: "SIGTERM"), from: a)
        #expect(bench.state("a") == .evicted && bench.isSaid("out of protocol"))
    }

    /// A node that hangs and sends nothing with a heading is no node at work.
    @Test func emptyResultsAreNoSignOfWork() throws {
        var bench = try RunBench()
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[0]
        let first = bench.run.lastResult
        bench.pass(seconds: 5)
        bench.hear(.results(lease: lease.id, []), from: a)
        #expect(bench.run.sessions[a]?.isFruitful == false && bench.run.lastResult == first)
        bench.hear(.results(lease: lease.id, [bench.samples.result(Int(lease.images[0].index))]), from: a)
        #expect(bench.run.sessions[a]?.isFruitful == true && bench.run.lastResult > first)
    }

    @Test func resultsTwiceAreABreach() throws {
        var bench = try RunBench()
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[0]
        let results = lease.images.map { bench.samples.result(Int($0.index)) }
        bench.hear(.results(lease: lease.id, results), from: a)
        #expect(bench.state("a") == .live && bench.run.ledger.counts.done == 2)
        bench.hear(.results(lease: lease.id, results), from: a)
        #expect(bench.state("a") == .evicted && bench.run.ledger.counts.done == 2)
        #expect(bench.notes.contains { $0.contains("which is not in its lease \(lease.id)") })
    }

    @Test func resultsOfImagesThatItWasNotGivenDoNotCount() throws {
        var bench = try RunBench()
        let (a, b) = try (bench.join("a", at: "p"), bench.join("b", at: "q"))
        let others = bench.leases(b)[0]
        let image = Int(others.images[0].index)
        bench.hear(.results(lease: bench.leases(a)[0].id, [bench.samples.result(image)]), from: a)
        #expect(bench.state("a") == .evicted && !bench.run.ledger.isDone(image))
        // Nor in the lease of another node.
        var second = try RunBench()
        let c = try second.join("c", at: "p")
        _ = try second.join("d", at: "q")
        second.hear(.results(lease: others.id, [second.samples.result(image)]), from: c)
        #expect(second.state("c") == .evicted && !second.run.ledger.isDone(image))
    }

    /// The question crossed the answer: what was done is done.
    @Test func resultsOfALeaseThatWasAskedBackCount() throws {
        var bench = try RunBench()
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[1]
        let asked = bench.hear(.interrupt)
        #expect(asked.contains { if case .send(a, .cancel(lease: lease.id)) = $0 { true } else { false } })
        bench.answer(lease, from: a)
        #expect(bench.state("a") == .live && bench.run.ledger.counts.done == 2)
        #expect(lease.images.allSatisfy { bench.run.ledger.isDone(Int($0.index)) })
    }

    @Test func aLeaseThatIsAskedBackInVainHoldsNobodyUp() throws {
        var bench = try RunBench()
        let a = try bench.join("a", at: "p")
        bench.hear(.interrupt)
        bench.pass(seconds: 2)
        #expect(bench.ending == nil, "the running lease is waited for")
        bench.answer(bench.leases(a)[0], from: a)
        bench.pass(seconds: 0.1)
        #expect(bench.ending == .interrupted, "and not the one that it was asked to give back two seconds ago")
    }

    /// Before its patience is over it may still be given back.
    @Test func aLeaseThatIsAskedBackIsWaitedForALittle() throws {
        var bench = try RunBench()
        let a = try bench.join("a", at: "p")
        bench.hear(.interrupt)
        bench.answer(bench.leases(a)[0], from: a)
        bench.pass(seconds: 0.5)
        #expect(bench.ending == nil)
        bench.hear(.leaseDone(bench.leases(a)[1].id), from: a)
        #expect(bench.ending == .interrupted)
    }
}
