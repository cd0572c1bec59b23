import Bytes
import Evaluation
import Foundation
import SelectiveTuning
import Testing

/// Compares a text with the file of that name under `Snapshots`; `STNET_RECORD=1` writes the file instead.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
    let path = directory.appendingPathComponent(name).path
    if ProcessInfo.processInfo.environment["STNET_RECORD"] == "1" {
        try AtomicFile.write(path: path, text: text)
        return
    }
    let recorded = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == recorded, "\(name) differs; STNET_RECORD=1 records it anew", sourceLocation: sourceLocation)
}

extension SplitMix64 {
    mutating func box(in size: Int) -> Box {
        let xs = [Int.random(in: 0..<size, using: &self), Int.random(in: 0..<size, using: &self)].sorted()
        let ys = [Int.random(in: 0..<size, using: &self), Int.random(in: 0..<size, using: &self)].sorted()
        // Quarter pixels are exact in float32 and in double.
        let quarter = Float(Int.random(in: 0..<4, using: &self)) / 4
        return Box(Float(xs[0]) + quarter, Float(ys[0]), Float(xs[1]) + quarter, Float(ys[1]) + quarter)
    }
}

/// A made-up run over `count` images of 224 pixels, the same on every machine.
enum SampleRun {
    static func groundTruth(_ count: Int) -> [GroundTruth] {
        var random = SplitMix64(seed: 3)
        return (0..<count).map { index in
            let boxes = (0...index % 3).map { _ in random.box(in: 224) }
            return GroundTruth(id: "image-\(index)", label: index % 10, boxes: boxes, inputSize: 224)
        }
    }

    /// The same with ids in their order, as a manifest has them.
    static func ascending(_ count: Int, classes: Int = 10) -> [GroundTruth] {
        groundTruth(count).enumerated().map { index, image in
            GroundTruth(
                id: "image-\(100_000 + index)", label: index % classes, boxes: image.boxes, inputSize: image.inputSize)
        }
    }

    static func records(_ groundTruth: [GroundTruth]) -> [ImageRecord] {
        var random = SplitMix64(seed: 4)
        return groundTruth.enumerated().map { index, image in
            let box = index % 4 == 0 ? random.box(in: 224) : Baseline.centredSquare(0.8).box(inputSize: 224)
            let match = IoUConvention.stnet.bestMatch(of: box, among: image.boxes)!
            let first = index % 5 == 0 ? (image.label + 1) % 10 : image.label
            return ImageRecord(
                id: image.id, label: image.label, top5: [first, 900, 901, index % 10 == 0 ? image.label : 902, 903],
                scores: [12.5, 3.25, 0.1, -0.0, -1e-5], box: box, boxOriginal: box, iou: match.iou,
                groundTruthIndex: match.index, droppedMass: index == 7 ? 0.125 : 0, ties: index % 3,
                ineligible: index % 2, flags: index == 9 ? [.resized, .empty] : [])
        }
    }

    /// The record of one image, with other flags.
    static func record(_ index: Int, flags: [ImageRecord.Flag]) -> ImageRecord {
        let record = records(groundTruth(index + 1))[index]
        return ImageRecord(
            id: record.id, label: record.label, top5: record.top5, scores: record.scores, box: record.box,
            boxOriginal: record.boxOriginal, iou: record.iou, groundTruthIndex: record.groundTruthIndex,
            droppedMass: record.droppedMass, ties: record.ties, ineligible: record.ineligible, flags: flags)
    }

    static func run(_ count: Int = 40) -> RunOutput.Run {
        let truth = groundTruth(count)
        return RunOutput.Run(
            network: "alexnet", expected: truth.map(\.id), records: records(truth), groundTruth: truth,
            convention: .stnet,
            protocolBlock: .object([("preprocess", .string("stnet")), ("iou", .string("stnet"))]),
            deliveries: Deliveries(attempts: count, numericsClasses: ["c0ffee": 2]),
            digests: [.init(name: "weights", sha256: SHA256.hex("weights"))])
    }
}
