@testable import Coordinator
import Dataset
import Evaluation
import Foundation
import Protocol
import SelectiveTuning
import Testing

/// The records are made of the journal when they are asked for.
@Suite struct LedgerRecordsTests {
    private func accepting(_ found: [Int: ImageResult.Evaluated], _ samples: LedgerSamples) throws -> Ledger {
        var ledger = try samples.open(InMemoryStorage())
        for (image, found) in found {
            _ = try ledger.accept(samples.result(image, found), node: Ledger.coordinator)
        }
        return ledger
    }

    @Test func aRecordHoldsTheResult() throws {
        let samples = try LedgerSamples()
        let found = samples.found(2)
        let ledger = try accepting([2: found], samples)
        let expected = ImageRecord(
            id: "c0", label: 2, top5: found.top5.map(Int.init), scores: found.scores, box: Box(10, 8, 40, 50),
            boxOriginal: Box(
                found.boxOriginal.x0, found.boxOriginal.y0, found.boxOriginal.x1, found.boxOriginal.y1),
            iou: found.iou, groundTruthIndex: 0, droppedMass: 0x1p-8, ties: 3, ineligible: 2)
        #expect(ledger.records == [nil, nil, expected, nil])
        let geometry = Geometry(preset: .stnet, inputSize: 64, width: 128, height: 96)
        let truth = GroundTruth(
            id: "c0", label: 2, boxes: samples.manifest.entries[2].boxes.map(geometry.map), inputSize: 64)
        #expect(ledger.groundTruth == [nil, nil, truth, nil])
    }

    @Test func whatIsOddIsFlagged() throws {
        let samples = try LedgerSamples()
        var empty = samples.found(0, box: Box(0, 0, 1, 1))
        empty.isEmpty = true
        let ledger = try accepting([0: empty, 1: samples.found(1, width: 140)], samples)
        #expect(ledger.record(0)?.flags == [.empty])
        #expect(ledger.record(1)?.flags == [.sizeMismatch])
        // One pixel more is a matter of rounding: the same aspect.
        #expect(try accepting([1: samples.found(1, width: 129)], samples).record(1)?.flags == [.resized])
        let undeclared = try LedgerSamples(declaredWidth: nil)
        #expect(try accepting([1: undeclared.found(1, width: 140)], undeclared).record(1)?.flags == [])
        // In a very wide picture, the crop passes the boxes on the left by.
        #expect(
            try accepting([1: undeclared.found(1, width: 2000)], undeclared).record(1)?.flags == [.groundTruthOutside])
    }

    @Test func aFailureIsAFailedRecordWithoutBoxes() throws {
        let samples = try LedgerSamples()
        var ledger = try samples.open(InMemoryStorage())
        _ = try ledger.accept(samples.failure(3, "broken"), node: Ledger.coordinator)
        #expect(ledger.record(3) == .failed(id: "d0", label: 3, error: "broken"))
        #expect(ledger.groundTruth[3] == nil)
    }

    @Test func aJournalThatCannotBeReadBackMakesTheRecordFail() throws {
        let samples = try LedgerSamples()
        let storage = InMemoryStorage()
        var ledger = try samples.open(storage)
        _ = try ledger.accept(samples.result(1), node: Ledger.coordinator)
        try ledger.journal.flush()
        storage.truncate(to: UInt64(storage.bytes.count - 1))
        #expect(throws: JournalError.self) { try ledger.result(1) }
        #expect(ledger.records[1]?.isFailed == true && ledger.groundTruth[1] == nil)
        #expect(ledger.records[1]?.error?.contains("the file became shorter") == true)
        let files = try EvaluatedFiles(ledger, samples.manifest, scope: .all, goneDiffers: true)
        #expect(files.differences.isEmpty, "of which file it was, cannot be told: the failure is the run's reason")
    }
}
