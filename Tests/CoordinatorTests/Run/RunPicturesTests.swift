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

    /// The one image has the result of a node, and is out to another one for a second evaluation.
    private func evaluatedOnce(_ bench: inout RunBench) throws -> (a: Int, b: Int, second: Lease) {
        let (a, b) = try (bench.join("a", at: "p"), bench.join("b", at: "q"))
        send(&bench, bench.samples.result(0), bench.leases(a)[0], from: a)
        bench.hear(.leaseDone(bench.leases(a)[0].id), from: a)
        bench.pass(seconds: 0.1)
        return (a, b, try #require(bench.leases(b).first))
    }

    @Test func aResultWithoutItsFileIsABreach() throws {
        var bench = try bench(images: 1)
        let a = try bench.join("a", at: "p")
        bench.hear(.results(lease: bench.leases(a)[0].id, [bench.samples.result(0)]), from: a)
        #expect(bench.state("a") == .evicted && bench.run.ledger.counts.done == 0)
    }

    /// The arrivals whose files got their names, in order.
    private func kept(_ bench: RunBench) -> [Arrival] {
        bench.actions.compactMap { if case .keep(let arrival) = $0 { arrival } else { nil } }
    }

    /// Images whose files were removed, in order.
    private func removals(_ bench: RunBench) -> [[Int]] {
        bench.actions.compactMap { if case .removeFiles(let images) = $0 { images } else { nil } }
    }

    @Test func aResultWaitsForItsFileToBeWritten() throws {
        var bench = try bench(images: 1)
        let a = try bench.join("a", at: "p")
        let lease = bench.leases(a)[0]
        let stores = bench.hear(bench.map(0, lease: lease.id), from: a)
        bench.hear(.results(lease: lease.id, [bench.samples.result(0)]), from: a)
        #expect(bench.run.ledger.counts.done == 0 && kept(bench).isEmpty)
        for case .store(let arrival, let kind, let bytes) in stores {
            bench.hear(.stored(arrival, kind, bytes: bytes.count))
        }
        #expect(bench.run.ledger.counts.done == 1)
        #expect(kept(bench) == [Arrival(session: a, lease: lease.id, image: 0)])
    }

    /// A second node sends its file of an image, and is lost before its result says what it is of.
    @Test func aFileWhoseResultNeverComesGetsNoName() throws {
        var bench = try bench(images: 1)
        let (a, b, second) = try evaluatedOnce(&bench)
        bench.store(0, lease: second.id, from: b)
        bench.end(b)
        bench.pass(seconds: 0.1)
        #expect(bench.run.ledger.isDone(0) && kept(bench).map(\.session) == [a] && removals(bench).isEmpty)
        #expect(bench.actions.contains { if case .discardAll(session: b) = $0 { true } else { false } })
    }

    /// A second result that is the same brings nothing new.
    @Test func theFirstFileStaysWhereResultsAgree() throws {
        var bench = try bench(images: 1)
        let (a, b) = try (bench.join("a", at: "p"), bench.join("b", at: "q"))
        for session in [a, b] {
            let lease = try #require(bench.leases(session).first)
            send(&bench, bench.samples.result(0), lease, from: session)
            bench.hear(.leaseDone(lease.id), from: session)
            bench.pass(seconds: 0.1)
        }
        #expect(bench.ending == .complete && kept(bench).map(\.session) == [a])
        #expect(bench.actions.contains { if case .discard(let one) = $0 { one.session == b } else { false } })
    }

    /// Two results differ: the file goes, behind the journal's word of that, and who decides brings the one that stays.
    @Test func theFileOfWhoDecidesStays() throws {
        var bench = try bench(images: 1)
        let (a, b, second) = try evaluatedOnce(&bench)
        send(&bench, bench.other(0), second, from: b)
        bench.hear(.leaseDone(second.id), from: b)
        #expect(removals(bench) == [[0]])
        let place = try #require(bench.actions.firstIndex { if case .removeFiles = $0 { true } else { false } })
        guard case .writeJournal = bench.actions[place - 1] else {
            Issue.record("the journal is not written before")
            return
        }
        let c = try bench.join("c", at: "r")
        let third = try #require(bench.leases(c).first)
        send(&bench, bench.samples.result(0), third, from: c)
        #expect(bench.run.ledger.disputes.count == 1, "what lay there is not known to be gone")
        bench.hear(.filesRemoved([0]))
        #expect(bench.run.ledger.disputes.isEmpty)
        bench.hear(.leaseDone(third.id), from: c)
        bench.pass(seconds: 0.1)
        #expect(bench.run.ledger.isDone(0) && bench.ending == .complete && bench.state("b") == .evicted)
        #expect(kept(bench).map(\.session) == [a, c])
    }

    /// Late, after the majority was found: the odd node's file gets no name.
    @Test func theFileOfTheOddNodeGetsNoNameWhoeverComesLast() throws {
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
        bench.hear(.filesRemoved([0]))
        #expect(bench.run.ledger.disputes.count == 1)
        bench.hear(.results(lease: second.id, [bench.samples.result(0)]), from: third)
        #expect(bench.run.ledger.disputes.isEmpty && bench.run.ledger.isDone(0))
        #expect(kept(bench).map(\.session) == [a, third])
        #expect(bench.run.schedule.nodes.filter { $0.state == .evicted }.count == 1)
    }

    /// What the odd node evaluated alone is evaluated anew, and its files go.
    @Test func theFilesOfWhatIsEvaluatedAnewGo() throws {
        var bench = try bench(images: 1)
        let a = try bench.join("a", at: "p")
        send(&bench, bench.samples.result(0), bench.leases(a)[0], from: a)
        bench.hear(.leaseDone(bench.leases(a)[0].id), from: a)
        bench.evaluateAnew([0])
        #expect(!bench.run.ledger.isDone(0) && removals(bench) == [[0]])
    }

    /// Of an image that has no result there is no file either.
    @Test func aFileOfAnImageThatWasGivenUpGetsNoName() throws {
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
        for case .store(let arrival, let kind, let bytes) in stores {
            bench.hear(.stored(arrival, kind, bytes: bytes.count))
        }
        #expect(kept(bench).isEmpty)
    }
}
