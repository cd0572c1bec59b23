import Dataset
import Evaluation
import Node
import Protocol
import SelectiveTuning

/// Every image's result, once: takes results from nodes, checks them, and holds the records in manifest order.
public struct Merge: Sendable {
    public private(set) var schedule: SimpleSchedule
    public private(set) var records: [ImageRecord?]
    /// For each evaluated image, its boxes in the input frame of the decoded size, for the baselines.
    public private(set) var groundTruth: [GroundTruth?]
    /// Results of images that had one already: how many, and which of them were not the same.
    public private(set) var duplicates = 0
    public private(set) var disagreeing: [String] = []
    public private(set) var failed = 0
    private let manifest: Manifest
    private let options: JobOptions
    private let inputSize: Int

    public init(manifest: Manifest, options: JobOptions, inputSize: Int) {
        self.manifest = manifest
        self.options = options
        self.inputSize = inputSize
        schedule = SimpleSchedule(images: manifest.entries.count)
        records = Array(repeating: nil, count: manifest.entries.count)
        groundTruth = Array(repeating: nil, count: manifest.entries.count)
    }

    /// A result that cannot be what a node computed for the image.
    public struct Refusal: Error, CustomStringConvertible, Sendable {
        public let description: String
    }

    /// The next lease of at most `size` images; nil if no image is pending.
    public mutating func lease(size: Int) -> Lease? {
        guard let (id, images) = schedule.lease(size: size) else { return nil }
        return Lease(
            id: id, attempt: 1,
            images: images.map { index in
                let entry = manifest.entries[index]
                return LeasedImage(
                    index: UInt32(index), id: entry.id, label: UInt32(entry.label),
                    boxes: entry.boxes.map(Rectangle.init))
            })
    }

    /// Takes one result. Throws `Refusal` for one that contradicts itself; nothing of it is kept.
    public mutating func accept(_ result: ImageResult) throws(Refusal) {
        let index = Int(result.index)
        guard manifest.entries.indices.contains(index) else {
            throw Refusal(description: "a result for image \(index) of \(manifest.entries.count)")
        }
        let (record, truth) = try check(result, entry: manifest.entries[index])
        switch schedule.accept(image: index) {
        case .accepted:
            records[index] = record
            groundTruth[index] = truth
            if record.isFailed { failed += 1 }
        case .duplicate:
            duplicates += 1
            if records[index] != record { disagreeing.append(manifest.entries[index].id) }
        case .refused:
            throw Refusal(description: "a result for image \(manifest.entries[index].id), which was not leased")
        }
    }

    public mutating func finish(lease id: UInt64) { schedule.finish(lease: id) }

    private func check(_ result: ImageResult, entry: ManifestEntry) throws(Refusal) -> (ImageRecord, GroundTruth?) {
        switch result.outcome {
        case .failed(let reason):
            return (.failed(id: entry.id, label: entry.label, error: reason.text), nil)
        case .evaluated(let found):
            guard found.width > 0, found.height > 0, found.width <= 1 << 16, found.height <= 1 << 16 else {
                throw Refusal(description: "\(entry.id): an image of \(found.width)x\(found.height) pixels")
            }
            let geometry = Geometry(
                preset: options.preset, inputSize: inputSize, width: Int(found.width), height: Int(found.height))
            let boxes = entry.boxes.map(geometry.map)
            let match = options.iou.bestMatch(of: Box(found.box), among: boxes)
            guard (match?.iou ?? 0) == found.iou else {
                throw Refusal(
                    description:
                        "\(entry.id): IoU \(found.iou), but its box gives \(match?.iou ?? 0): the node is not to be trusted"
                )
            }
            var flags: [ImageRecord.Flag] = []
            if found.isEmpty { flags.append(.empty) }
            if let width = entry.declaredWidth, let height = entry.declaredHeight,
                width != Int(found.width) || height != Int(found.height)
            {
                flags.append(.sizeMismatch)
            }
            if boxes.allSatisfy({ $0.x0 >= $0.x1 || $0.y0 >= $0.y1 }) { flags.append(.groundTruthOutside) }
            let record = ImageRecord(
                id: entry.id, label: entry.label, top5: found.top5.map(Int.init), scores: found.scores,
                box: Box(found.box), boxOriginal: Box(found.boxOriginal), iou: found.iou,
                groundTruthIndex: found.groundTruthIndex.map(Int.init),
                droppedMass: Double(found.droppedMass) / Double(1 << 48), ties: Int(found.ties),
                ineligible: Int(found.ineligible), flags: flags)
            return (record, GroundTruth(id: entry.id, label: entry.label, boxes: boxes, inputSize: inputSize))
        }
    }
}
