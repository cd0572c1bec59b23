import Coordinator
import Jobs
import Protocol
import Testing

/// Of which bytes a result is.
@Suite struct LedgerFilesTests {
    private let samples: LedgerSamples
    private let storage = InMemoryStorage()

    init() throws { samples = try LedgerSamples() }

    private func ledger(_ results: [ImageResult], compared: Bool = false) throws -> Ledger {
        var ledger = try samples.open(storage)
        let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "bits")
        for result in results { _ = try ledger.accept(result, node: node, isFileCompared: compared) }
        try ledger.journal.flush()
        return ledger
    }

    @Test func aResultOfNoFileIsRefused() throws {
        var result = samples.result(0)
        result.file = nil
        let refusal = #expect(throws: ResultRefusal.self) { try ledger([result]) }
        #expect(refusal?.field == "image file")
    }

    @Test func theDigestOverAllFilesChangesWithEachOfThem() throws {
        let all = (0..<4).map { samples.result($0) }
        let digest = try ledger(all).filesDigest()
        #expect(digest.count == 64)
        #expect(try samples.open(storage).filesDigest() == digest, "the journal holds the files")
        for image in 0..<4 {
            var others = all
            others[image].file = LedgerSamples.file(image + 1)
            let other = LedgerFiles(samples)
            #expect(try other.digest(others) != digest, "image \(image)")
        }
        // Swapped files are other files.
        var swapped = all
        (swapped[0].file, swapped[1].file) = (all[1].file, all[0].file)
        #expect(try LedgerFiles(samples).digest(swapped) != digest)
        #expect(try LedgerFiles(samples).digest(all.reversed()) == digest, "the order of results does not matter")
    }

    @Test func comparedFilesAreCountedOnceAndTakenBackWithTheirResult() throws {
        var ledger = try ledger((0..<3).map { samples.result($0) }, compared: true)
        _ = try ledger.accept(samples.result(1), node: 0, isFileCompared: true)
        #expect(ledger.deliveries.filesCompared == 3)
        try ledger.drop(1)
        #expect(ledger.deliveries.filesCompared == 2 && ledger.counts.evaluated == 2 && !ledger.isDone(1))
        try ledger.journal.flush()
        let resumed = try samples.open(storage)
        #expect(resumed.deliveries.filesCompared == 2 && resumed.counts == ledger.counts && !resumed.isDone(1))
    }

    @Test func aDroppedImageTakesAResultOfAnotherFile() throws {
        var ledger = try ledger([samples.result(0), samples.result(1)])
        let before = ledger.counts
        try ledger.drop(1)
        var other = samples.result(1)
        other.file = LedgerSamples.file(3)
        #expect(try ledger.accept(other, node: 0) == .first)
        #expect(ledger.counts == before)
        try ledger.journal.flush()
        #expect(try samples.open(storage).file(1) == LedgerSamples.file(3))
    }

    @Test func twoNodesVerifyAnImageAndOneDoesNot() throws {
        var ledger = try ledger([samples.result(0), samples.result(1)])
        let second = try ledger.nodeJoined(name: "m", device: "cpu", numerics: "bits")
        _ = try ledger.accept(samples.result(0), node: 0)
        _ = try ledger.accept(samples.result(1), node: second)
        #expect(!ledger.isVerified(0) && ledger.isVerified(1))
        #expect(ledger.evaluator(1) == "n" && ledger.evaluators(1) == ["n", "m"] && ledger.evaluators(0) == ["n"])
        _ = try ledger.accept(samples.failure(0), node: second)
        #expect(!ledger.isVerified(0), "a failure says nothing of the result")
        try ledger.journal.flush()
        let resumed = try samples.open(storage)
        #expect(!resumed.isVerified(0) && resumed.isVerified(1))
    }

    @Test func aSizeThatContradictsTheAnnotationIsNoResult() throws {
        // Of an image of 64 x 64 whose boxes reach to 90.
        var found = samples.found(0)
        (found.width, found.height) = (64, 64)
        found.boxOriginal = Rectangle(x0: 10, y0: 8, x1: 40, y1: 50)
        let refusal = #expect(throws: ResultRefusal.self) { try ledger([samples.result(0, found)]) }
        #expect(refusal?.field == "size" && refusal?.problem.contains("128x96") == true)
    }
}

/// Another run over the same images.
private struct LedgerFiles {
    let samples: LedgerSamples
    init(_ samples: LedgerSamples) { self.samples = samples }

    func digest(_ results: [ImageResult]) throws -> String {
        var ledger = try samples.open(InMemoryStorage())
        for result in results { _ = try ledger.accept(result, node: Ledger.coordinator) }
        return ledger.filesDigest()
    }
}
