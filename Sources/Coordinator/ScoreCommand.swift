import Bytes
import Dataset
import Evaluation
import Foundation
import Options
import SelectiveTuning

/// `stnet-coord score`: other people's boxes under the protocol of our own runs.
public struct ScoreCommand: Sendable {
    public static let help = HelpText(
        usage: ["stnet-coord score --boxes FILE.csv --annotations PATH [options]"],
        summary: """
            Scores boxes that another program has drawn: localization with the label known, beside the baselines.
            A line of FILE.csv is a box, id,x0,y0,x1,y1, in pixels of the original image, the last pixel included.
            An image with several boxes counts by the best of them; every annotated image must have one.
            """,
        sections: [
            (
                "Options",
                [
                    .init("boxes", "FILE.csv", "the boxes"),
                    .init(
                        "annotations", "PATH", "VOC XML tree or WSOL text files: sizes are needed",
                        default: "dataset/ILSVRC2012/annotations"),
                    .init("name", "TEXT", "of the method, in the table", default: "the file's name"),
                    .init(
                        "classes", "FILE", "class names, one a line, in index order", default: "the 1000 of ILSVRC-2012"
                    ),
                    .init("ids", "FILE", "score only these images, one id a line"),
                    .init("images", "PATH", "for the report's pictures", default: "a report without pictures"),
                    .init("preprocess", "stnet|torchvision|squash", "resize and crop", default: "stnet"),
                    .init("input-size", "N", "side of the input in pixels", default: "224"),
                    .init("iou", "stnet|wsol|exact", "convention of the overlap", default: "stnet"),
                    .init("out", "DIR", "where the results go", default: "results/<time>-score"),
                    .init("help", nil, "this text"),
                ]
            )
        ],
        footer: "Exit status: 0 valid, 1 when an image has no box, 64 usage, 65 bad data.")

    private let parsed: ParsedOptions

    public init(_ parsed: ParsedOptions) { self.parsed = parsed }

    /// Writes the results and prints the table. Throws `UsageError` or what is wrong with the files.
    public func run(say: (String) -> Void = { print($0) }) throws -> ExitStatus {
        guard let boxesPath = parsed.values["boxes"] else { throw UsageError("--boxes FILE.csv is needed") }
        let started = Timestamp.now()
        let path = parsed.values["annotations"] ?? "dataset/ILSVRC2012/annotations"
        let classes = try parsed.values["classes"].map { try ClassIndex(namesIn: $0) } ?? .ilsvrc2012
        let manifest = try Manifest(
            annotations: try Annotations.load(path: path, classes: classes),
            images: try parsed.values["images"].map { try ImageDirectory.scan(path: $0) } ?? [:],
            idsPath: parsed.values["ids"])
        let predicted = try PredictedBoxes(path: boxesPath, among: manifest)
        let scorer = BoxScorer(
            preset: parsed.values["preprocess"].flatMap(Preset.init) ?? .stnet,
            inputSize: try parsed.integer("input-size", in: 1...4096) ?? 224,
            convention: parsed.values["iou"].flatMap(IoUConvention.init) ?? .stnet)
        var records: [ImageRecord] = []
        var groundTruth: [GroundTruth] = []
        for entry in manifest.entries {
            guard let geometry = scorer.geometry(entry) else {
                throw DatasetError.field(
                    file: path, line: nil, field: "size", found: "none for \(entry.id)",
                    expected: "the size of every image (LOC_val_solution.csv has none)")
            }
            groundTruth.append(scorer.groundTruth(entry, geometry))
            if let boxes = predicted.boxes[entry.id] { records.append(scorer.record(entry, boxes, geometry)) }
        }
        let bytes = try WholeFile.read(path: boxesPath, limit: 1 << 30)
        let name = parsed.values["name"] ?? (boxesPath as NSString).lastPathComponent
        let run = RunOutput.Run(
            network: name, expected: manifest.entries.map(\.id), records: records, groundTruth: groundTruth,
            convention: scorer.convention, protocolBlock: protocolBlock(name, scorer, manifest, SHA256.hex(bytes)),
            deliveries: Deliveries(attempts: records.count),
            digests: [
                .init(name: "boxes", sha256: SHA256.hex(bytes)), .init(name: "manifest", sha256: manifest.digest),
            ], hasLabels: false)
        let out = parsed.values["out"] ?? "results/\(EvaluateConfiguration.timestamp())-score"
        let written = try RunOutput.write(run, to: out)
        say(written.table.plain)
        let several = manifest.ids.count { (predicted.boxes[$0]?.count ?? 0) > 1 }
        if several > 0 { say("\(several) images have several boxes and count by the best of them.") }
        let facts = RunFacts(
            started: Timestamp.text(started), ended: Timestamp.text(Timestamp.now()),
            imagesPath: parsed.values["images"].map(EvaluateCommand.absolute),
            annotationsPath: EvaluateCommand.absolute(path),
            classes: parsed.values["classes"] == nil ? nil : (0..<classes.count).map(classes.name))
        let files = ReportFiles(
            directory: out, manifest: manifest, preset: scorer.preset, inputSize: scorer.inputSize, classes: classes,
            facts: facts)
        for path in written.paths + (try files.write(run, written)) { say("  \(path)") }
        return written.certificate.isValid ? .valid : .invalid
    }

    private func protocolBlock(_ name: String, _ scorer: BoxScorer, _ manifest: Manifest, _ digest: String) -> JSON {
        .object([
            ("method", .string("boxes")), ("name", .string(name)), ("boxes_sha256", .string(digest)),
            ("manifest_sha256", .string(manifest.digest)), ("input_size", .int(scorer.inputSize)),
            (
                "options",
                .object([
                    ("preprocess", .string(scorer.preset.rawValue)), ("iou", .string(scorer.convention.rawValue)),
                ])
            ), ("version", .string(stnetVersion)),
        ])
    }
}

/// One image's boxes under a protocol.
struct BoxScorer: Sendable {
    let preset: Preset
    let inputSize: Int
    let convention: IoUConvention

    /// Nil where the annotation has no size.
    func geometry(_ entry: ManifestEntry) -> Geometry? {
        guard let width = entry.declaredWidth, let height = entry.declaredHeight else { return nil }
        return Geometry(preset: preset, inputSize: inputSize, width: width, height: height)
    }

    func groundTruth(_ entry: ManifestEntry, _ geometry: Geometry) -> GroundTruth {
        GroundTruth(
            id: entry.id, label: entry.label, boxes: entry.boxes.map(geometry.map), inputSize: inputSize)
    }

    /// Of the best of the boxes, of which there is at least one.
    func record(_ entry: ManifestEntry, _ boxes: [Box], _ geometry: Geometry) -> ImageRecord {
        let truth = entry.boxes.map(geometry.map)
        let scored = boxes.map { box in (box, convention.bestMatch(of: geometry.map(box), among: truth)) }
        var best = scored[0]
        for other in scored.dropFirst() where (other.1?.iou ?? 0) > (best.1?.iou ?? 0) { best = other }
        let iou = best.1?.iou ?? 0
        return ImageRecord(
            id: entry.id, label: entry.label, top5: [], scores: [], box: geometry.map(best.0), boxOriginal: best.0,
            iou: iou, groundTruthIndex: iou > 0 ? best.1?.index : nil, droppedMass: 0)
    }
}

extension PredictedBoxes {
    fileprivate init(path: String, among manifest: Manifest) throws(DatasetError) {
        let ids = Set(manifest.ids)
        try self.init(path: path) { ids.contains($0) }
    }
}

extension ClassIndex {
    /// Class names, one a line, in index order. Throws `UsageError` where they are none, or one stands twice.
    init(namesIn path: String) throws {
        let names = String(decoding: try WholeFile.read(path: path, limit: 16 << 20), as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(String.init)
        guard !names.isEmpty, Set(names).count == names.count else {
            throw UsageError("\(path): expected class names, one a line, each once")
        }
        self.init(names: names)
    }
}
