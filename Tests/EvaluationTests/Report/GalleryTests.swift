import Bytes
import SelectiveTuning
import Testing

@testable import Evaluation

struct GalleryTests {
    private func records(_ ious: [Double]) -> [ImageRecord] {
        ious.enumerated().map { place, iou in
            ImageRecord(
                id: "image-\(1000 + place)", label: 0, top5: [0], scores: [1], box: Box(0, 0, 1, 1),
                boxOriginal: Box(0, 0, 1, 1), iou: iou, groundTruthIndex: 0, droppedMass: 0)
        }
    }

    private func galleries(_ records: [ImageRecord]) -> [ReportGallery.Kind: [ImageRecord]] {
        let data = ReportData(records: records, groundTruth: [], convention: .stnet, inputSize: 224)
        return Dictionary(uniqueKeysWithValues: data.galleries.map { ($0.kind, $0.images.map(\.record)) })
    }

    @Test func eachGalleryHasTheImagesOfItsRule() throws {
        var random = SplitMix64(seed: 5)
        let records = records((0..<300).map { _ in Double.random(in: 0...1, using: &random) })
        let galleries = galleries(records)
        let sorted = records.map(\.iou).sorted()
        #expect(galleries[.best]!.map(\.iou) == sorted.reversed().prefix(16).map { $0 })
        #expect(galleries[.worst]!.map(\.iou) == Array(sorted.prefix(16)))
        let near = sorted.sorted { abs($0 - 0.5) < abs($1 - 0.5) }.prefix(16)
        #expect(galleries[.borderline]!.map(\.iou) == Array(near))
        #expect(galleries[.sample]!.count == 24)
    }

    @Test func amongEqualsTheIdDecidesAndNotTheOrder() throws {
        let records = records([Double](repeating: 0, count: 200))
        let worst = galleries(records)[.worst]!.map(\.id)
        #expect(Set(worst).count == 16)
        #expect(worst == galleries(records.reversed())[.worst]!.map(\.id))
        #expect(worst != records.prefix(16).map(\.id), "not the first of the manifest")
        // A sample whatever the result: the same images for other numbers.
        let other = self.records((0..<200).map { Double($0) / 200 })
        #expect(galleries(records)[.sample]!.map(\.id) == galleries(other)[.sample]!.map(\.id))
    }

    @Test func fewImagesStandInEachGalleryAndFailedOnesInNone() {
        let some = records([0.1, 0.9]) + [.failed(id: "image-2000", label: 0, error: "broken")]
        let galleries = galleries(some)
        #expect(galleries[.best]!.map(\.iou) == [0.9, 0.1])
        #expect(galleries.values.allSatisfy { $0.count == 2 })
    }
}
