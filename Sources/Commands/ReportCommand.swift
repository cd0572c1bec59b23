import Bytes
import Coordinator
import Dataset
import Evaluation
import Jobs
import Options

/// `stnet-coord report`: the page of a run that is over, made again.
public struct ReportCommand: Sendable {
    /// None only with --help.
    public static let operands = 0...1
    public static let help = HelpText(
        usage: ["stnet-coord report RUN_DIR [options]"],
        brief: "the report of a run that is over, made anew",
        summary: """
            Writes RUN_DIR/report.html, one page with everything that a run says, from the files that the run left in its
            directory (--out). Photographs, object sizes and the baselines' curves need the run's images and annotations:
            where those are neither given nor where the run had them, the page says so.
            """,
        sections: [
            (
                "Options",
                [
                    .init("images", "PATH", "the run's images", default: "where the run had them"),
                    .init("annotations", "PATH", "the run's annotations", default: "where the run had them"),
                    .init("masks", "DIR", "the folder of the masks that these list", default: "where the run had it"),
                    .init(
                        "classes", "FILE", "the class names, one a line, in the order of their indices",
                        default: "the run's, or the 1000 of ILSVRC-2012"),
                    .init("out", "FILE.html", "write the page to this file", default: "RUN_DIR/report.html"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        operand: ValueCandidates("RUN_DIR"),
        exits: [
            .init(ExitStatus.valid, "the page was written; the run is valid"),
            .init(ExitStatus.invalid, "the page was written; the run is invalid"),
            .init(ExitStatus.usage, "wrong command line"),
            .init(
                ExitStatus.badData,
                "not a run's directory, images or annotations of another run, or the page cannot be written"),
        ],
        manual: ManualDetails(
            examples: [
                .init(
                    "With the photographs, which lie elsewhere by now:",
                    "stnet-coord report results/googlenet --images /data/ILSVRC2012/images")
            ],
            documents: ["docs/report.md", "docs/files.md"]))

    private let parsed: ParsedOptions

    public init(_ parsed: ParsedOptions) { self.parsed = parsed }

    /// Writes the page. Throws `UsageError` or what is wrong with the files.
    public func run(say: (String) -> Void = { StandardOutput.say($0) }) throws -> ExitStatus {
        guard parsed.positionals.count == 1, let path = parsed.positionals.first else {
            throw UsageError("report needs the directory of one run, \(parsed.positionals.count) given")
        }
        let run = try RunDirectory(path: path)
        let out = parsed.values["out"] ?? "\(run.path)/\(Report.name)"
        try NewFile.check(
            out, as: parsed.values["out"].map { "--out \($0)" }, kind: "report", isEarlier: Report.isReport)
        let settings = try Settings(run)
        let classes = try classes(run)
        let dataset = try dataset(run, classes, say)
        let truth = dataset.map { settings.groundTruth($0) } ?? []
        let data = ReportData(
            records: run.records, groundTruth: truth, convention: settings.convention, inputSize: settings.inputSize)
        let metrics = Metrics(records: run.records, groundTruth: truth)
        let row = AccuracyTable.Row(
            network: run.title, metrics: metrics, certificate: run.certificate,
            agreement: run.certificate.precision == "exact"
                ? nil : PrecisionAgreement(records: run.records, convention: settings.convention),
            hasLabels: run.hasLabels)
        let report = Report(
            network: run.network, protocolBlock: run.protocolBlock, certificate: run.certificate,
            table: AccuracyTable(rows: [row], baselines: run.baselines, convention: settings.convention), data: data,
            classes: ClassNames(classes),
            thumbnails: dataset.map { dataset in
                ThumbnailMaker(preset: settings.preset, inputSize: settings.inputSize, maps: maps(run)).thumbnails(
                    of: data.shownIDs, in: dataset)
            } ?? [:], facts: run.facts, maps: run.maps)
        try AtomicFile.write(path: out, text: report.html)
        say(out)
        return run.certificate.isValid ? .valid : .invalid
    }

    /// Pictures lie in the run's directory, wherever that is by now.
    private func maps(_ run: RunDirectory) -> ReportMapFiles {
        let mode = run.protocolBlock["options"]?["exe-mode"]?.stringValue.flatMap(ExecutionMode.init)
        return ReportMapFiles(directory: run.path, mode: mode, mapsPath: run.facts?.mapsPath)
    }

    private func classes(_ run: RunDirectory) throws -> ClassIndex {
        if let path = parsed.values["classes"] { return try ClassIndex(namesIn: path) }
        guard let names = run.facts?.classes, Set(names).count == names.count else { return .ilsvrc2012 }
        return ClassIndex(names: names)
    }

    /// The run's images and annotations as far as they are there; nil without annotations.
    private func dataset(_ run: RunDirectory, _ classes: ClassIndex, _ say: (String) -> Void) throws -> Manifest? {
        guard let annotationsPath = place("annotations", run.facts?.annotationsPath, say) else { return nil }
        var masks: String?
        if parsed.values["masks"] != nil || run.facts?.masksPath != nil {
            masks = place("masks", run.facts?.masksPath, say)
            if masks == nil { return nil }
        }
        var images = ImageCatalog([:])
        if let path = place("images", run.facts?.imagesPath, say) { images = try ImageDirectory.scan(path: path) }
        let manifest = try Manifest(
            annotations: try Annotations.load(path: annotationsPath, classes: classes, masks: masks), images: images)
        try Self.check(manifest, against: run.records, annotationsPath)
        return manifest
    }

    /// What is named must be there; where the run had it, it may be gone.
    private func place(_ name: String, _ recorded: String?, _ say: (String) -> Void) -> String? {
        if let given = parsed.values[name] { return given }
        guard let recorded else {
            say("no --\(name): the page is made without")
            return nil
        }
        if Folder.exists(recorded) { return recorded }
        say("\(recorded) is not there any more and there is no --\(name): the page is made without")
        return nil
    }

    /// Another data set's boxes must not be drawn.
    private static func check(
        _ manifest: Manifest, against records: [ImageRecord], _ path: String
    ) throws(DatasetError) {
        var labels: [String: Int] = [:]
        for record in records { labels[record.id] = record.label }
        var known = 0
        for entry in manifest.entries {
            guard let label = labels[entry.id] else { continue }
            known += 1
            guard label == entry.label else {
                throw .field(
                    file: path, line: nil, field: "class of \(entry.id)", found: "\(entry.label)",
                    expected: "\(label), as the run has it: are these the run's annotations?")
            }
        }
        guard known == labels.count else {
            throw .field(
                file: path, line: nil, field: "images", found: "\(known) of the run's \(labels.count) images",
                expected: "the run's annotations")
        }
    }
}

extension ReportCommand {
    /// How the run's boxes came into the input's frame.
    struct Settings {
        var preset: Preprocessing
        var convention: IoUConvention
        var inputSize: Int
        /// Whether the boxes are another program's, or from its score maps.
        var isScored: Bool

        /// - Throws: `JSONError` for a protocol that lacks them.
        init(_ run: RunDirectory) throws(JSONError) {
            let source = "\(run.path)/\(RunOutput.summaryName)"
            var fields = try JSONFields(run.protocolBlock, source: source, path: "protocol")
            inputSize = try fields.int("input_size", in: 1...65_500)
            var options = try fields.fields("options")
            let names = (try options.string("preprocess"), try options.string("iou"))
            guard let preset = Preprocessing(rawValue: names.0) else {
                throw options.failure("preprocess", "\(names.0) is not known here")
            }
            guard let convention = IoUConvention(rawValue: names.1) else {
                throw options.failure("iou", "\(names.1) is not known here")
            }
            isScored = ["boxes", "score-maps"].contains(run.protocolBlock["method"]?.stringValue)
            self.preset = preset
            self.convention = convention
        }

        /// Of the images whose annotation has a size.
        func groundTruth(_ manifest: Manifest) -> [GroundTruth] {
            manifest.entries.compactMap { entry in
                guard let width = entry.declaredWidth, let height = entry.declaredHeight else { return nil }
                let geometry = Geometry(preset: preset, inputSize: inputSize, width: width, height: height)
                if isScored {
                    return BoxScorer(preset: preset, inputSize: inputSize, convention: convention).groundTruth(
                        entry, geometry)
                }
                return GroundTruth(
                    id: entry.id, label: entry.label, boxes: entry.boxes.map(geometry.map), inputSize: inputSize)
            }
        }
    }
}
