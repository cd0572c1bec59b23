@testable import Coordinator
import Options
import Protocol
import SelectiveTuning
import Testing

/// Each image counts once, by its first result; the others are compared with it.
@Suite struct LedgerAcceptTests {
    private let samples: LedgerSamples
    private var ledger: Ledger
    private let storage = InMemoryStorage()
    private let first: UInt32
    private let second: UInt32

    init() throws {
        samples = try LedgerSamples()
        ledger = try samples.open(storage)
        first = try ledger.nodeJoined(name: "node1/cpu", device: "cpu", numerics: "bits")
        second = try ledger.nodeJoined(name: "node2/cpu", device: "cpu", numerics: "bits")
    }

    /// The same state once more, out of the journal.
    private func reopened(retryFailures: Bool = false) throws -> Ledger {
        try ledger.journal.flush()
        return try samples.open(storage.crashed(after: .max), retryFailures: retryFailures)
    }

    private func expectSameAfterReopening() throws {
        let again = try reopened()
        #expect(again.counts == ledger.counts && again.deliveries == ledger.deliveries)
        #expect(again.nodes == ledger.nodes && again.disputes == ledger.disputes)
        #expect(again.isComplete == ledger.isComplete)
        for image in 0..<ledger.images {
            #expect(try again.result(image) == ledger.result(image))
            #expect(again.isDone(image) == ledger.isDone(image) && again.isFailed(image) == ledger.isFailed(image))
        }
    }

    @Test mutating func resultsAreCountedAndReadBack() throws {
        for image in [2, 0, 3] { #expect(try ledger.accept(samples.result(image), node: first) == .first) }
        #expect(ledger.isDone(0) && !ledger.isDone(1) && !ledger.isComplete)
        #expect(try ledger.result(0) == samples.result(0) && ledger.result(1) == nil)
        var expected = LedgerCounts()
        expected.evaluated = 3
        expected.top1Right = 2
        expected.top5Right = 3
        let iou = samples.found(0).iou
        #expect(iou >= 0.5 && iou < 0.75)
        (expected.iou25, expected.iou50, expected.iou75) = (3, 3, 0)
        #expect(ledger.counts == expected)
        #expect(try ledger.accept(samples.result(1), node: first) == .first)
        #expect(ledger.isComplete)
        try expectSameAfterReopening()
    }

    /// A failure that a node reports is looked at before it is final: else it would end the run, or give the image up.
    @Test func whatNoNodeCanHaveSaidIsRefused() {
        func refusal(_ kind: ImageFailure.Kind, _ text: String, image: UInt32 = 0) -> String? {
            ledger.refusal(ofReported: ImageResult(index: image, outcome: .failed(ImageFailure(kind, text))))?
                .description
        }
        for kind in [ImageFailure.Kind.content, .unavailable, .evaluation] {
            #expect(refusal(kind, "x") == nil)
            #expect(refusal(kind, String(repeating: "x", count: 1000)) == nil)
            #expect(refusal(kind, "")?.contains("failure text has 0 bytes, expected 1...1000") == true)
            #expect(refusal(kind, String(repeating: "x", count: 1001))?.contains("1001 bytes") == true)
        }
        #expect(refusal(.abandoned, "x")?.contains("kind 4, which only the coordinator finds") == true)
        #expect(refusal(.content, "x", image: 99)?.contains("is not one of the") == true)
    }

    @Test mutating func theSameBitsAgainAreTheSame() throws {
        _ = try ledger.accept(samples.result(0), node: first)
        try ledger.journal.flush()
        #expect(try ledger.accept(samples.result(0), node: second) == .same)
        #expect(ledger.deliveries.attempts == 2 && ledger.deliveries.duplicates == 1)
        #expect(ledger.deliveries.compared == 1 && ledger.deliveries.disagreeing.isEmpty)
        #expect(ledger.counts.evaluated == 1)
        try expectSameAfterReopening()
    }

    @Test mutating func oneBitMakesADifferenceWithItsName() throws {
        _ = try ledger.accept(samples.result(1), node: first)
        var found = samples.found(1)
        found.scores[2] = found.scores[2].nextUp
        found.ties += 1
        let other = samples.result(1, found)
        let expected = Disagreement(image: 1, countedNode: first, otherNode: second, fields: ["scores", "ties"])
        #expect(try ledger.accept(other, node: second) == .different(expected))
        #expect(try ledger.accept(other, node: second) == .stillDisputed(expected), "one node has one voice")
        #expect(ledger.deliveries.disagreeing == ["b0"] && ledger.deliveries.duplicates == 2)
        #expect(try ledger.result(1) == samples.result(1), "the first counts")
        try expectSameAfterReopening()
    }

    /// Each field alone is found, zeros of either sign are told apart, and a box brings what follows from it.
    @Test mutating func everyFieldIsCompared() throws {
        var counted = samples.found(0)
        counted.scores[4] = 0
        _ = try ledger.accept(samples.result(0, counted), node: first)
        let cases: [([String], (inout ImageResult.Evaluated) -> Void)] = [
            (["top5"], { $0.top5[4] = 9 }), (["scores"], { $0.scores[4] = -0.0 }),
            (["dropped mass"], { $0.droppedMass += 1 }), (["ties"], { $0.ties = 0 }),
            (["ineligible"], { $0.ineligible = 0 }),
        ]
        for (fields, change) in cases {
            var found = counted
            change(&found)
            let result = samples.result(0, found)
            #expect(try differingFields(result, node: second) == fields)
        }
        var moved = samples.found(0, box: Box(11, 8, 40, 50))
        moved.scores[4] = 0
        #expect(
            try differingFields(samples.result(0, moved), node: first) == ["box", "box in the original", "IoU"])
        var elsewhere = samples.result(0, counted)
        elsewhere.file = LedgerSamples.file(1)
        #expect(try differingFields(elsewhere, node: first) == ["image file"])
    }

    /// Two nodes' maps of one image are compared, too.
    @Test func mapProfilesAreCompared() throws {
        var samples = samples
        samples.options.measuresMaps = true
        var ledger = try samples.open(InMemoryStorage())
        let nodes = try ["one", "two"].map { try ledger.nodeJoined(name: $0, device: "cpu", numerics: "x") }
        var found = samples.found(0)
        found.mapProfile = samples.profile(0)
        #expect(try ledger.accept(samples.result(0, found), node: nodes[0]) == .first)
        #expect(try ledger.accept(samples.result(0, found), node: nodes[0]) == .same)
        found.mapProfile = samples.profile(0, hill: 30)
        let expected = Disagreement(image: 0, countedNode: nodes[0], otherNode: nodes[1], fields: ["map profile"])
        #expect(try ledger.accept(samples.result(0, found), node: nodes[1]) == .different(expected))
        // What is walked over at the end has it.
        let map = try #require(LedgerImages(ledger).images.first { $0.map != nil }?.map)
        #expect(map.profile.encoded == samples.profile(0) && map.truth.count == 2)
    }

    /// So are their pixels against the masks; an image without a mask has none.
    @Test func pixelHistogramsAreComparedAndWalkedOver() throws {
        let samples = samples.measured()
        var ledger = try samples.open(InMemoryStorage())
        let nodes = try ["one", "two"].map { try ledger.nodeJoined(name: $0, device: "cpu", numerics: "x") }
        var found = samples.found(0)
        found.mapProfile = samples.profile(0)
        found.pixelHistogram = samples.histogram().encoded
        #expect(try ledger.accept(samples.result(0, found), node: nodes[0]) == .first)
        #expect(try ledger.accept(samples.result(0, found), node: nodes[0]) == .same)
        found.pixelHistogram = samples.histogram(hill: 30).encoded
        let expected = Disagreement(image: 0, countedNode: nodes[0], otherNode: nodes[1], fields: ["pixel histogram"])
        #expect(try ledger.accept(samples.result(0, found), node: nodes[1]) == .different(expected))
        let last = samples.manifest.entries.count - 1
        var unmasked = samples.found(last)
        unmasked.mapProfile = samples.profile(last)
        #expect(try ledger.accept(samples.result(last, unmasked), node: nodes[0]) == .first)
        let maps = LedgerImages(ledger).images.compactMap(\.map)
        #expect(maps.count == 2 && maps[1].pixels == nil)
        let pixels = try #require(maps[0].pixels)
        #expect(pixels.histogram == samples.histogram())
        #expect(pixels.truth.encoded == samples.masks?[0] && samples.masks?[last] == nil)
    }

    private mutating func differingFields(_ result: ImageResult, node: UInt32) throws -> [String]? {
        switch try ledger.accept(result, node: node) {
        case .different(let disagreement), .stillDisputed(let disagreement): disagreement.fields
        default: nil
        }
    }

    @Test mutating func aLateSuccessReplacesAFinalFailure() throws {
        let failure = ImageFailure(.unavailable, "gone")
        #expect(try ledger.acceptFailure(failure, image: 1, node: first) == .first)
        #expect(ledger.isFailed(1) && ledger.isDone(1) && ledger.counts.failed == 1)
        try expectSameAfterReopening()
        #expect(try ledger.accept(samples.result(1), node: second) == .supersedes)
        #expect(!ledger.isFailed(1) && ledger.counts.failed == 0 && ledger.counts.evaluated == 1)
        #expect(ledger.deliveries.attempts == 2 && ledger.deliveries.duplicates == 0)
        try expectSameAfterReopening()
        #expect(try ledger.accept(samples.result(1), node: first) == .same)
    }

    @Test mutating func aLateFailureSaysNothingAboutBits() throws {
        _ = try ledger.accept(samples.result(0), node: first)
        #expect(try ledger.accept(samples.failure(0), node: second) == .lateFailure)
        #expect(!ledger.isFailed(0) && ledger.nodes[1].results == 1)
        _ = try ledger.acceptFailure(.init(.abandoned, "3 attempts"), image: 1)
        #expect(try ledger.accept(samples.failure(1), node: second) == .lateFailure)
        #expect(ledger.record(1)?.error == "3 attempts")
        #expect(ledger.deliveries.attempts == 4 && ledger.deliveries.duplicates == 0)
        try expectSameAfterReopening()
    }

    @Test mutating func nodesKeepTheirNumbersAcrossResumptions() throws {
        #expect(try ledger.nodeJoined(name: "node2/cpu", device: "cpu", numerics: "bits") == second)
        let count = ledger.journal.recordCount
        _ = try ledger.accept(samples.result(0), node: second)
        var again = try reopened()
        #expect(try again.nodeJoined(name: "node2/cpu", device: "cpu", numerics: "bits") == second)
        #expect(again.journal.recordCount == count + 1, "it is known already")
        let third = try again.nodeJoined(name: "node2/cpu", device: "cpu", numerics: "other bits")
        #expect(third == 2 && again.nodes.count == 3)
        #expect(again.deliveries.numericsClasses == ["bits": 1], "only nodes whose results came")
        _ = try again.accept(samples.result(1), node: third)
        #expect(again.deliveries.numericsClasses == ["bits": 1, "other bits": 1])
    }

    @Test mutating func aNodeOfAnotherVersionIsAnotherOneAndListed() throws {
        _ = try ledger.accept(samples.result(0), node: second)
        let newer = try ledger.nodeJoined(name: "node2/cpu", device: "cpu", numerics: "bits", version: "9.9.9+abc")
        #expect(newer != second)
        #expect(ledger.deliveries.versions == .init(coordinator: stnetVersion, nodes: [stnetVersion: 1]))
        _ = try ledger.accept(samples.result(1), node: newer)
        try ledger.journal.flush()
        let again = try samples.open(storage)
        #expect(again.deliveries.versions?.nodes == [stnetVersion: 1, "9.9.9+abc": 1])
        #expect(try again.nodes[Int(newer)].version == "9.9.9+abc")
    }

    @Test mutating func longTextsOfANodeComeBackAsTheyWereKept() throws {
        let long = String(repeating: "ä", count: 2000)
        let number = try ledger.nodeJoined(name: long, device: long, numerics: long)
        #expect(ledger.nodes[Int(number)].name == String(repeating: "ä", count: 127))
        try expectSameAfterReopening()
    }

    @Test mutating func aJournalThatIsFullLeavesTheLedgerAsItWas() throws {
        _ = try ledger.accept(samples.result(0), node: first)
        try ledger.journal.flush()
        storage.setLimit(storage.bytes.count + 20)
        _ = try ledger.accept(samples.result(1), node: first)
        #expect(throws: JournalError.self) { try ledger.journal.flush() }
        #expect(throws: JournalError.writtenBefore(path: storage.path)) {
            try ledger.accept(samples.result(2), node: first)
        }
        #expect(!ledger.isDone(2) && ledger.counts.evaluated == 2)
        let again = try samples.open(storage)
        #expect(again.isDone(0) && !again.isDone(1) && again.counts.evaluated == 1)
    }
}
