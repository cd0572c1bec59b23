import Protocol
import Testing

@testable import Coordinator

/// The file that lies beside a result is the one that was made with it.
@Suite struct RunPicturesTests {
    private func bench(images: Int) throws -> RunBench {
        try RunBench(images: images) {
            $0.verifyEvery = 1
            $0.policy.outstanding = 1
            $0.artifactKinds = [.scoreMap]
            $0.inputSize = LedgerSamples.inputSize
        }
    }

    /// Sends an image's map and result.
    private func send(_ bench: inout RunBench, _ result: ImageResult, _ lease: Lease, from session: Int) {
        bench.store(Int(result.index), lease: lease.id, from: session)
        bench.hear(.results(lease: lease.id, [result]), from: session)
    }

    @Test func aResultWithoutItsFileIsABreach() throws {
        var bench = try bench(images: 1)
        let a = try bench.join("a", at: "p")
        bench.hear(.results(lease: bench.leases(a)[0].id, [bench.samples.result(0)]), from: a)
        #expect(bench.state("a") == .evicted && bench.run.ledger.counts.done == 0)
    }

    @Test func aResultWaitsForItsFileToBeWritten() throws {
        var bench = try bench(images: 1)
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[0]
        let stores = bench.hear(bench.map(0, lease: lease.id), from: a)
        bench.hear(.results(lease: lease.id, [bench.samples.result(0)]), from: a)
        #expect(bench.run.ledger.counts.done == 0)
        for case .store(let id, let kind, let image, let bytes) in stores {
            bench.hear(.stored(session: id, kind, image: image, bytes: bytes.count))
        }
        #expect(bench.run.ledger.counts.done == 1)
    }

    /// A second node wrote its file over the first one's, and was lost before its result said what it is of.
    @Test func aFileWhoseResultNeverCameIsMadeAnew() throws {
        var bench = try bench(images: 1)
        let (a, b) = try (bench.join("a", at: "p"), bench.join("b", at: "q"))
        send(&bench, bench.samples.result(0), bench.leases(a)[0], from: a)
        bench.hear(.leaseDone(bench.leases(a)[0].id), from: a)
        bench.pass(seconds: 0.1)
        let second = try #require(bench.leases(b).first)
        bench.store(0, lease: second.id, from: b)
        #expect(bench.run.ledger.isDone(0))
        bench.end(b)
        bench.pass(seconds: 0.1)
        #expect(!bench.run.ledger.isDone(0), "nobody knows what lies there")
        let again = try #require(bench.leases(a).dropFirst().first)
        send(&bench, bench.samples.result(0), again, from: a)
        bench.hear(.leaseDone(again.id), from: a)
        #expect(bench.run.ledger.isDone(0) && bench.run.pictures.unheard().isEmpty)
    }

    /// Late, after the node that settled the dispute had written its own: the last file is the odd node's.
    @Test func theFileOfTheOddNodeIsMadeAnewWhoeverDecided() throws {
        var bench = try bench(images: 1)
        let (a, b, c) = try (bench.join("a", at: "p"), bench.join("b", at: "q"), bench.join("c", at: "r"))
        send(&bench, bench.samples.result(0), bench.leases(a)[0], from: a)
        bench.hear(.leaseDone(bench.leases(a)[0].id), from: a)
        bench.pass(seconds: 0.1)
        let first = try #require(bench.leases(b).first ?? bench.leases(c).first)
        let (odd, third) = bench.leases(b).isEmpty ? (c, b) : (b, c)
        bench.silent = [odd]
        bench.pass(seconds: 11)
        let second = try #require(bench.leases(third).first, "what the silent one had is another one's to do")
        bench.store(0, lease: second.id, from: third)
        send(&bench, bench.other(0), first, from: odd)
        #expect(bench.run.ledger.disputes.count == 1)
        bench.hear(.results(lease: second.id, [bench.samples.result(0)]), from: third)
        #expect(bench.run.ledger.disputes.isEmpty && !bench.run.ledger.isDone(0))
        #expect(bench.run.schedule.nodes.filter { $0.state == .evicted }.count == 1)
    }

    /// The order that is usual: who decides has written last.
    @Test func theFileOfWhoDecidedStays() throws {
        var bench = try bench(images: 1)
        let (a, b) = try (bench.join("a", at: "p"), bench.join("b", at: "q"))
        send(&bench, bench.samples.result(0), bench.leases(a)[0], from: a)
        bench.hear(.leaseDone(bench.leases(a)[0].id), from: a)
        bench.pass(seconds: 0.1)
        let second = try #require(bench.leases(b).first)
        send(&bench, bench.other(0), second, from: b)
        bench.hear(.leaseDone(second.id), from: b)
        let c = try bench.join("c", at: "r")
        let third = try #require(bench.leases(c).first)
        send(&bench, bench.samples.result(0), third, from: c)
        bench.hear(.leaseDone(third.id), from: c)
        bench.pass(seconds: 0.1)
        #expect(bench.run.ledger.isDone(0) && bench.ending == .complete && bench.state("b") == .evicted)
    }

    /// Of an image that has no result there is no file either.
    @Test func aFileThatCameAfterItsImageWasGivenUpIsRemoved() throws {
        var bench = try bench(images: 1)
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[0]
        let stores = bench.hear(bench.map(0, lease: lease.id), from: a)
        let failure = ImageResult(index: 0, outcome: .failed(ImageFailure(.content, "no JPEG")))
        // Its end would be heard behind the file; that it is silent is not.
        bench.silent = [a]
        bench.pass(seconds: 11)
        for (name, endpoint) in [("b", "q"), ("c", "r")] {
            let id = try bench.join(name, at: endpoint)
            let lease = try #require(bench.leases(id).first)
            bench.hear(.results(lease: lease.id, [failure]), from: id)
        }
        #expect(bench.isSaid("image given up"))
        var removed = 0
        for case .store(let id, let kind, let image, let bytes) in stores {
            for case .removeFiles(0) in bench.hear(.stored(session: id, kind, image: image, bytes: bytes.count)) {
                removed += 1
            }
        }
        #expect(removed == 1)
    }
}
