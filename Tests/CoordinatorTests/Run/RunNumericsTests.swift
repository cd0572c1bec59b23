import Bytes
import Protocol
import Testing

@testable import Coordinator

/// Which arithmetic is right.
@Suite struct RunNumericsTests {
    @Test func nobodyJoinsBeforeThisMachineHasComputedItsOwn() throws {
        var bench = try RunBench { $0.awaitsNumerics = true }
        let a = try bench.join("a", at: "p")
        #expect(bench.state("a") == nil && bench.leases(a).isEmpty)
        bench.hear(.ownNumerics(RunBench.numerics))
        #expect(bench.state("a") == .live && !bench.leases(a).isEmpty)
    }

    /// Whoever came first.
    @Test func aFirstNodeThatComputesOtherBitsIsRefusedAndNotTheRunsOthers() throws {
        var bench = try RunBench { $0.awaitsNumerics = true }
        _ = try bench.join("a", at: "p", numerics: "other")
        bench.hear(.ownNumerics(RunBench.numerics))
        #expect(bench.state("a") == nil && bench.isSaid("node does not fit"))
        _ = try bench.join("b", at: "q")
        #expect(bench.state("b") == .live && bench.ending == nil)
    }

    @Test func whereThisMachineCannotTheFirstNodeDecides() throws {
        var bench = try RunBench { $0.awaitsNumerics = true }
        bench.hear(.ownNumerics(nil))
        _ = try bench.join("a", at: "p", numerics: "some")
        _ = try bench.join("b", at: "q", numerics: "other")
        _ = try bench.join("c", at: "r", numerics: "some")
        #expect(bench.state("a") == .live && bench.state("b") == nil && bench.state("c") == .live)
    }

    /// A node that came, said something and went binds nobody; one whose results count does.
    @Test func whoWentWithoutAResultDecidesNothing() throws {
        var bench = try RunBench(endpoints: ["p", "q"])
        bench.end(try bench.join("a", at: "p", numerics: "some"))
        let b = try bench.join("b", at: "q", numerics: "other")
        #expect(bench.state("b") == .live)
        bench.answer(bench.leases(b)[0], from: b)
        bench.end(b)
        _ = try bench.join("a", at: "p", numerics: "some")
        #expect(bench.isSaid("node does not fit"))
    }

    private func journal(numerics: String) throws -> InMemoryStorage {
        var bench = try RunBench()
        let a = try bench.join("a", at: "p", numerics: numerics)
        bench.answer(bench.leases(a)[0], from: a)
        try bench.run.ledger.journal.flush()
        return InMemoryStorage(bench.storage.bytes)
    }

    @Test func aJournalOfOtherBitsIsNotGoneOnWith() throws {
        var bench = try RunBench(storage: journal(numerics: "other")) { $0.awaitsNumerics = true }
        bench.hear(.ownNumerics(RunBench.numerics))
        guard case .otherNumerics(let reason)? = bench.ending else {
            Issue.record("\(String(describing: bench.ending))")
            return
        }
        #expect(reason.contains("canary other") && reason.contains("--force"))
    }

    @Test func aJournalOfTheseBitsIs() throws {
        var bench = try RunBench(storage: journal(numerics: RunBench.numerics)) { $0.awaitsNumerics = true }
        bench.hear(.ownNumerics(RunBench.numerics))
        #expect(bench.ending == nil && bench.run.resumed == 2)
        // And where this machine cannot compute, what counted decides.
        var other = try RunBench(storage: journal(numerics: "other")) { $0.awaitsNumerics = true }
        other.hear(.ownNumerics(nil))
        _ = try other.join("a", at: "p")
        #expect(other.state("a") == nil && other.isSaid("node does not fit"))
    }
}
