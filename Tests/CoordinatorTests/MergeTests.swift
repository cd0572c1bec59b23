import Coordinator
import Dataset
import Node
import Protocol
import SelectiveTuning
import Testing

@Suite struct MergeTests {
    private func merge() throws -> Merge {
        let annotation = Annotation(
            id: "a", label: 1, boxes: [Box(10, 10, 50, 50)], declaredWidth: 64, declaredHeight: 64)
        let manifest = try Manifest(annotations: [annotation], images: [:])
        var merge = Merge(manifest: manifest, options: JobOptions(), inputSize: 64)
        _ = merge.lease(size: 1)
        return merge
    }

    private func result(iou: Double, width: UInt32 = 64) -> ImageResult {
        ImageResult(
            index: 0,
            outcome: .evaluated(
                .init(
                    top5: [1], scores: [2], box: Rectangle(x0: 10, y0: 10, x1: 50, y1: 50),
                    boxOriginal: Rectangle(x0: 10, y0: 10, x1: 50, y1: 50), iou: iou, groundTruthIndex: 0,
                    droppedMass: 0,
                    ties: 0, ineligible: 0, isEmpty: false, width: width, height: 64)))
    }

    @Test func anHonestResultCounts() throws {
        var merge = try merge()
        try merge.accept(result(iou: 1))
        #expect(merge.records[0]?.iou == 1)
        #expect(merge.schedule.isComplete)
    }

    @Test func anIoUThatItsBoxDoesNotGiveIsRefused() throws {
        var merge = try merge()
        #expect(throws: Merge.Refusal.self) { try merge.accept(result(iou: 0.9)) }
        #expect(merge.records[0] == nil && !merge.schedule.isComplete)
        #expect(throws: Merge.Refusal.self) { try merge.accept(result(iou: 1, width: 0)) }
        #expect(throws: Merge.Refusal.self) {
            try merge.accept(ImageResult(index: 7, outcome: .failed(.init(.unavailable, "no such image"))))
        }
    }

    @Test func aSecondResultIsComparedWithTheFirst() throws {
        var merge = try merge()
        try merge.accept(result(iou: 1))
        try merge.accept(result(iou: 1))
        #expect(merge.duplicates == 1 && merge.disagreeing.isEmpty)
        try merge.accept(ImageResult(index: 0, outcome: .failed(.init(.unavailable, "something else"))))
        #expect(merge.duplicates == 2 && merge.disagreeing == ["a"])
        #expect(merge.records[0]?.isFailed == false, "the first result stays")
    }

    @Test func aSizeOtherThanTheAnnotationsIsFlagged() throws {
        var merge = try merge()
        // 128 wide: the crop cuts 32 pixels off on the left; the box becomes [0, 10, 18, 50].
        let geometry = Geometry(preset: .stnet, inputSize: 64, width: 128, height: 64)
        let box = geometry.map(Box(10, 10, 50, 50))
        var found = result(iou: 1, width: 128)
        if case .evaluated(var evaluated) = found.outcome {
            evaluated.box = Rectangle(box)
            found.outcome = .evaluated(evaluated)
        }
        try merge.accept(found)
        #expect(merge.records[0]?.flags == [.sizeMismatch])
    }
}
