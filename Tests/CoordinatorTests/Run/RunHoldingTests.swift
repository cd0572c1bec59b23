import Bytes
import Protocol
import Testing

@testable import Coordinator

/// What a node says while the coordinator's own disk is slow: kept, in its order and within bounds.
@Suite struct RunHoldingTests {
    private func own(_ image: Int) -> RunEvent {
        .ownFile(image: image, OwnCopy(Array("image \(image)".utf8)))
    }

    /// A lease's results, which wait for the coordinator's copies of their files.
    private func waiting() throws -> (RunBench, session: Int, Lease) {
        var bench = try RunBench(hasFiles: true)
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[0]
        bench.hear(.results(lease: lease.id, lease.images.map { bench.samples.result(Int($0.index)) }), from: a)
        #expect(bench.run.ledger.counts.done == 0 && bench.run.sessions[a]?.held.count == 1)
        return (bench, a, lease)
    }

    @Test func whatIsKeptIsHeardInItsOrder() throws {
        var (bench, a, lease) = try waiting()
        bench.hear(.leaseDone(lease.id), from: a)
        bench.hear(.leaving(reason: "SIGTERM"), from: a)
        bench.end(a, .remote)
        bench.hear(own(Int(lease.images[0].index)))
        #expect(bench.run.ledger.counts.done == 0 && bench.state("a") == .live, "the other one's copy is awaited")
        bench.hear(own(Int(lease.images[1].index)))
        #expect(bench.run.ledger.counts.done == 2 && bench.state("a") == .gone && bench.run.sessions[a] == nil)
        #expect(!bench.isSaid("node evicted") && !bench.isSaid("out of protocol"))
    }

    @Test func anImageIsKeptOnceALease() throws {
        var (bench, a, lease) = try waiting()
        bench.hear(.results(lease: lease.id, [bench.samples.result(Int(lease.images[0].index))]), from: a)
        #expect(bench.state("a") == .evicted && bench.notes.contains { $0.contains("more than its leases can bring") })
    }

    @Test func aWordOrTwoForEachLeaseAreKeptAndNotThousands() throws {
        var (bench, a, lease) = try waiting()
        for _ in 0..<60 { bench.hear(.leaseDone(lease.id), from: a) }
        #expect(bench.state("a") == .live && bench.run.sessions[a]?.held.count == 61)
        for _ in 0..<20 { bench.hear(.leaseDone(lease.id), from: a) }
        #expect(bench.state("a") == .evicted && bench.notes.contains { $0.contains("more than its leases can bring") })
        #expect(bench.run.sessions[a]!.held.count <= 70)
    }

    @Test func emptyResultsAreBoundedToo() throws {
        var (bench, a, lease) = try waiting()
        for _ in 0..<80 { bench.hear(.results(lease: lease.id, []), from: a) }
        #expect(bench.state("a") == .evicted)
    }

    /// A slow disk of the coordinator's is no silence of the node's.
    @Test func whoWaitsForTheCoordinatorsDiskIsNotLate() throws {
        var bench = try RunBench(endpoints: ["p"], hasFiles: true)
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[0]
        for image in lease.images {
            bench.pass(seconds: 100)
            bench.hear(.results(lease: lease.id, [bench.samples.result(Int(image.index))]), from: a)
        }
        bench.pass(seconds: 50)
        #expect(bench.state("a") == .live)
        for image in lease.images { bench.hear(own(Int(image.index))) }
        #expect(bench.run.ledger.counts.done == 2)
    }

    @Test func aResultOfAnotherFileEndsTheNodesPart() throws {
        var (bench, a, lease) = try waiting()
        bench.hear(own(Int(lease.images[0].index)))
        bench.hear(.ownFile(image: Int(lease.images[1].index), OwnCopy(Array("another".utf8))))
        #expect(bench.state("a") == .evicted && bench.run.ledger.counts.done == 1)
        #expect(bench.run.sessions[a]?.phase == .closing)
    }

    @Test func whereTheOwnCopyCannotBeReadTheResultCounts() throws {
        var (bench, a, lease) = try waiting()
        for image in lease.images { bench.hear(.ownFile(image: Int(image.index), nil)) }
        #expect(bench.state("a") == .live && bench.run.ledger.counts.done == 2)
        #expect(bench.run.sessions[a]?.held.isEmpty == true)
    }
}
