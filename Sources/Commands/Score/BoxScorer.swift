import Dataset
import Evaluation
import Jobs
import SelectiveTuning

/// One image's boxes under a protocol.
struct BoxScorer: Sendable {
    let preset: Preprocessing
    let inputSize: Int
    let convention: IoUConvention

    func geometry(_ frame: BoxFrames.Frame) -> Geometry {
        Geometry(preset: preset, inputSize: inputSize, width: frame.width, height: frame.height)
    }

    /// A box of the original in the input; the WSOL benchmark has integers there.
    func map(_ box: Box, _ geometry: Geometry) -> Box { geometry.truthOfMaps([box], convention)[0] }

    func groundTruth(_ entry: ManifestEntry, _ geometry: Geometry) -> GroundTruth {
        GroundTruth(
            id: entry.id, label: entry.label, boxes: entry.boxes.map { map($0, geometry) }, inputSize: inputSize)
    }

    /// Of the best of the boxes in the original, of which there is at least one.
    func record(
        _ truth: GroundTruth, original boxes: [Box], _ geometry: Geometry, flags: [ImageRecord.Flag]
    ) -> ImageRecord {
        let records = boxes.map { record(truth, box: map($0, geometry), original: $0, flags: flags) }
        var best = records[0]
        for other in records.dropFirst() where other.iou > best.iou { best = other }
        return best
    }

    /// Of a box in the input.
    func record(
        _ truth: GroundTruth, box: Box, original: Box, flags: [ImageRecord.Flag] = []
    ) -> ImageRecord {
        let match = convention.bestMatch(of: box, among: truth.boxes)
        let iou = match?.iou ?? 0
        return ImageRecord(
            id: truth.id, label: truth.label, top5: [], scores: [], box: box, boxOriginal: original, iou: iou,
            groundTruthIndex: iou > 0 ? match?.index : nil, droppedMass: 0, flags: flags)
    }
}
