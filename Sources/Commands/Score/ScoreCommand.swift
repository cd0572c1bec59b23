import Bytes
import Coordinator
import Dataset
import Evaluation
import Options
import SelectiveTuning

/// `stnet-coord score`: other people's boxes or score maps under the protocol of our own runs.
public struct ScoreCommand: Sendable {
    public static let help = HelpText(
        usage: [
            "stnet-coord score --boxes FILE.csv --annotations PATH [options]",
            "stnet-coord score --maps DIR --annotations PATH [options]",
        ],
        brief: "localization accuracy of other programs' boxes or maps",
        summary: """
            Scores what another program has found: GT-known localization, beside the baselines.

            Boxes: a line of FILE.csv is one box, id,x0,y0,x1,y1, in pixels of the original image, the last pixel included.
            Of several boxes of an image the best counts; every annotated image must have one.

            Maps: DIR holds one score map an image, id.npy, float16, float32 or float64, height x width, which covers the
            network's input. It is cut at each threshold; MaxBoxAcc and MaxBoxAccV2 are the WSOL benchmark's, whose own protocol is --preprocess squash --iou wsol --thresholds 1000. Beside masks its PxAP and pIoU come to that.
            """,
        sections: [
            (
                "Options",
                [
                    .init("boxes", "FILE.csv", "the boxes to score"),
                    .init("maps", "DIR", "the score maps, also in folders below"),
                    .init(
                        "annotations", "PATH",
                        "the true boxes: VOC XML tree, WSOL benchmark text files, or a solution CSV",
                        default: "dataset/ILSVRC2012/annotations"),
                    .masks,
                    .init("name", "TEXT", "the method's name in the table", default: "the file's name"),
                    .init(
                        "classes", "FILE", "the class names, one a line, in the order of their indices",
                        default: "the 1000 of ILSVRC-2012"),
                    .init("ids", "FILE", "score only the images that this file lists, one id a line"),
                    .init(
                        "images", "PATH",
                        "the image files, for sizes that the annotations lack and the report's pictures",
                        default: "a report without pictures"),
                    .preprocess, .inputSize, .iou,
                    .init(
                        "thresholds", "N", "maps are cut at 0, 1/N, 2/N, ... of their maximum",
                        default: "100, against masks 1000",
                        effect: .besideAny(of: "maps")),
                    .init(
                        "threshold-from", "RUN",
                        "also at the thresholds that the images of this finished run or score have chosen, RUN its --out; "
                            + "its threshold draws the boxes then",
                        effect: .besideAny(of: "maps")),
                    .init(
                        "threads", "N", "threads that score maps", default: "all cores",
                        effect: .besideAny(of: "maps")),
                    .init("out", "DIR", "the directory for the results", default: "results/<time>-score"),
                    .init("force", nil, "replace the result in --out"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "the result is valid, or was complete already"),
            .init(ExitStatus.invalid, "the result is invalid: an image has no box or no usable map"),
            .init(ExitStatus.usage, "wrong command line"),
            .init(
                ExitStatus.badData,
                "unusable boxes, maps or annotations, a file that cannot be written, or another result in --out"),
        ],
        manual: ManualDetails(
            files: [
                .init(
                    "results/<time>-score/",
                    "images.jsonl, summary.json, certificate.json, table.md and report.html, as of a run.")
            ],
            examples: [
                .init(
                    "Boxes of a CAM program, as a row called CAM:",
                    "stnet-coord score --boxes cam.csv --name CAM --out results/cam"),
                .init(
                    "Score maps against the masks of OpenImages30k:",
                    "stnet-coord score --maps maps --annotations metadata/OpenImages/test --masks dataset/OpenImages \\\n    --classes openimages.txt --preprocess squash --iou wsol"
                ),
                .init(
                    "Score maps under the WSOL benchmark's protocol:",
                    "stnet-coord score --maps maps --preprocess squash --iou wsol \\\n    --thresholds 1000 --out results/maps"
                ),
            ],
            documents: ["docs/evaluation.md", "docs/validity.md", "docs/files.md"]))

    let parsed: ParsedOptions

    public init(_ parsed: ParsedOptions) { self.parsed = parsed }

    /// What the annotations say of the images to score.
    struct Images {
        let manifest: Manifest
        let classes: ClassIndex
        /// Of the manifest's entries, in their order.
        let geometry: [Geometry]
        /// Whose boxes are of another frame.
        let mismatched: Set<String>
        let frames: BoxFrames
        let groundTruth: [GroundTruth]
        /// Also of the images that are not to be scored.
        let annotations: AnnotationList

        func flags(_ id: String) -> [ImageRecord.Flag] { mismatched.contains(id) ? [.sizeMismatch] : [] }
    }

    /// What became of the boxes or maps.
    struct Scored {
        var records: [ImageRecord]
        /// Members of the summary's protocol, before those that are the same for boxes and maps.
        var method: [(String, JSON)]
        var digest: Certificate.Digest
        /// Sentences for the user.
        var notes: [String] = []
        var maps: MapReport?
    }

    /// Writes the results and prints the table. Throws `UsageError` or what is wrong with the files.
    public func run(say: (String) -> Void = { StandardOutput.say($0) }) throws -> ExitStatus {
        let started = Timestamp.now()
        let boxes = parsed.values["boxes"]
        let maps = parsed.values["maps"]
        guard let source = boxes ?? maps else { throw UsageError("--boxes FILE.csv or --maps DIR is needed") }
        if boxes != nil, maps != nil { throw UsageError("--boxes and --maps exclude each other") }
        let inputSize = try parsed.integer("input-size", in: 1...4096) ?? 224
        let scorer = BoxScorer(
            preset: try parsed.preprocessing(inputSize: inputSize), inputSize: inputSize,
            convention: parsed.values["iou"].flatMap(IoUConvention.init) ?? .stnet)
        var checked = parsed
        _ = try checked.refuseWithoutEffect(Self.help.options) { _ in nil }
        try requireFiles()
        let images = try load(scorer)
        let scored = try input(boxes != nil ? "boxes" : "maps", source).reading {
            boxes != nil ? try scoreBoxes(source, images, scorer) : try scoreMaps(source, images, scorer)
        }
        let name = parsed.values["name"] ?? lastPathComponent(absolutePath(source))
        let run = RunOutput.Run(
            network: name, title: title(name, scorer, images.manifest), expected: Array(images.manifest.ids),
            records: scored.records,
            groundTruth: images.groundTruth, convention: scorer.convention,
            protocolBlock: protocolBlock(name, scorer, images.manifest, scored),
            deliveries: Deliveries(
                attempts: scored.records.count, versions: .init(coordinator: stnetVersion)),
            digests: [scored.digest, .init(name: "manifest", sha256: images.manifest.digest)], hasLabels: false,
            maps: scored.maps, annotated: images.manifest.annotatedCount,
            fingerprint: fingerprint(name, scorer, images, scored))
        let out = parsed.values["out"] ?? EvaluateConfiguration.newDirectory("score")
        let output = OutputDirectory(path: out, forces: parsed.switches.contains("force"))
        var fingerprint = JournalFingerprint()
        for (name, value) in run.fingerprint { fingerprint.take(name, value) }
        if let finished = try output.finishedWithoutJournal(fingerprint) {
            for line in finished.lines { say(line) }
            return .valid
        }
        _ = try output.make()
        let facts = RunFacts(
            started: Timestamp.text(started), ended: Timestamp.text(Timestamp.now()),
            imagesPath: parsed.values["images"].map(EvaluateCommand.absolute),
            annotationsPath: EvaluateCommand.absolute(annotationsPath),
            masksPath: parsed.values["masks"].map(EvaluateCommand.absolute),
            mapsPath: maps.map(EvaluateCommand.absolute),
            classes: parsed.values["classes"] == nil ? nil : (0..<images.classes.count).map(images.classes.name))
        let files = ReportFiles(
            directory: out, manifest: images.manifest, preset: scorer.preset, inputSize: scorer.inputSize,
            classes: images.classes, facts: facts,
            maps: ReportMapFiles(directory: out, mode: nil, mapsPath: maps))
        let (written, reports) = try output.whileLocked {
            let written = try RunOutput.write(run, to: out)
            return (written, try files.write(run, written))
        }
        let width = TerminalSize.ofStandardOutput.columns
        say(written.table.plain(width: width))
        for note in images.annotations.notes + images.frames.notes + scored.notes {
            for line in note.wrapped(width: width, indent: "  ") { say(line) }
        }
        for path in written.paths + reports.dropLast() { say("  \(path)") }
        say(ReportFiles.closing(reports))
        return written.certificate.isValid ? .valid : .invalid
    }

    func input(_ name: String, _ path: String) -> InputOption {
        InputOption(
            name: name, path: path, isDefault: parsed.values[name] == nil)
    }

    /// All that is named and not there, at once.
    private func requireFiles() throws {
        let named = ["boxes", "maps", "masks", "classes", "ids", "images", "threshold-from"].compactMap { name in
            parsed.values[name].map { input(name, $0) }
        }
        try InputOption.requireAll([input("annotations", annotationsPath)] + named)
    }

    /// Of the row in a table.
    private func title(_ name: String, _ scorer: BoxScorer, _ manifest: Manifest) -> String {
        RunTitle.text(
            name: name,
            options: [
                ("preprocess", scorer.preset.rawValue, "stnet"), ("input-size", "\(scorer.inputSize)", "224"),
                ("iou", scorer.convention.rawValue, "stnet"),
                ("thresholds", parsed.values["thresholds"] ?? "100", "100"),
            ], images: manifest.entries.count, annotated: manifest.annotatedCount)
    }

    /// What another score must have in common with this one to have the same result.
    private func fingerprint(
        _ name: String, _ scorer: BoxScorer, _ images: Images, _ scored: Scored
    ) -> [(name: String, value: String)] {
        let method = scored.method.map { ($0.0 == "method" ? "option.method" : $0.0, $0.1.stringValue ?? $0.1.compact) }
        return [("version", stnetVersion)]
            + method + [
                ("manifest_sha256", images.manifest.digest), ("images", "\(images.manifest.entries.count)"),
                ("name", name), ("option.input-size", "\(scorer.inputSize)"),
                ("option.preprocess", scorer.preset.rawValue), ("option.iou", scorer.convention.rawValue),
            ] + (images.frames.sizesDigest.map { [("image_sizes_sha256", $0)] } ?? [])
    }

    private var annotationsPath: String { parsed.values["annotations"] ?? "dataset/ILSVRC2012/annotations" }

    private func load(_ scorer: BoxScorer) throws -> Images {
        let data = try ScoredData(parsed)
        let manifest = data.manifest
        var geometries: [Geometry] = []
        var groundTruth: [GroundTruth] = []
        var frames = BoxFrames()
        var mismatched: Set<String> = []
        for entry in manifest.entries {
            guard let frame = frames.frame(of: entry) else {
                throw DatasetError.noSize(of: entry.id, in: data.annotationsPath)
            }
            if frame.isMismatch { mismatched.insert(entry.id) }
            let geometry = scorer.geometry(frame)
            geometries.append(geometry)
            groundTruth.append(scorer.groundTruth(entry, geometry))
        }
        return Images(
            manifest: manifest, classes: data.classes, geometry: geometries, mismatched: mismatched, frames: frames,
            groundTruth: groundTruth, annotations: data.annotations)
    }

    private func scoreBoxes(_ path: String, _ images: Images, _ scorer: BoxScorer) throws -> Scored {
        let ids = Set(images.manifest.ids)
        let predicted = try PredictedBoxes(path: path, annotations: images.annotations) { ids.contains($0) }
        guard !predicted.boxes.isEmpty else {
            let others = predicted.leftOut.boxes > 0 ? "boxes of images only that are not to be scored" : "no box"
            throw DatasetError.field(
                file: path, line: nil, field: "boxes", found: others, expected: "lines id,x0,y0,x1,y1")
        }
        var oddities = BoxOddities()
        var records: [ImageRecord] = []
        for (truth, geometry) in zip(images.groundTruth, images.geometry) {
            guard let boxes = predicted.boxes[truth.id] else { continue }
            for box in boxes { oddities.add(box, of: truth.id, width: geometry.width, height: geometry.height) }
            records.append(scorer.record(truth, original: boxes, geometry, flags: images.flags(truth.id)))
        }
        let digest = SHA256.hex(try WholeFile.read(path: path, limit: 1 << 30))
        var notes = oddities.notes("the file")
        let several = predicted.boxes.values.count { $0.count > 1 }
        if several > 0 {
            notes.append(
                "\(several) \(several == 1 ? "image has several boxes and counts" : "images have several boxes and count") "
                    + "by the best of them.")
        }
        let (boxes, others) = predicted.leftOut
        if boxes > 0 {
            let owners = others == 1 ? "1 image that is" : "\(others) images that are"
            notes.append(
                "\(boxes) box\(boxes == 1 ? "" : "es") of \(owners) not to be scored \(boxes == 1 ? "is" : "are") left out."
            )
        }
        return Scored(
            records: records, method: [("method", .string("boxes")), ("boxes_sha256", .string(digest))],
            digest: .init(name: "boxes", sha256: digest), notes: notes)
    }

    private func protocolBlock(_ name: String, _ scorer: BoxScorer, _ manifest: Manifest, _ scored: Scored) -> JSON {
        .object(
            [("name", .string(name))] + scored.method + [
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
