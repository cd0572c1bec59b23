import Bytes
import Dataset
import Evaluation
import Options
import SelectiveTuning

/// `stnet-coord baseline`: how well boxes do that look at no image.
public struct BaselineCommand: Sendable {
    private let parsed: ParsedOptions

    public init(_ parsed: ParsedOptions) { self.parsed = parsed }

    /// Prints the table. Throws `UsageError` or what is wrong with the annotations.
    public func run(
        say: (String) -> Void = { print($0, terminator: "") },
        complain: ((String) -> Void)? = nil
    ) throws -> ExitStatus {
        let preset = parsed.values["preprocess"].flatMap(Preset.init) ?? .stnet
        let convention = parsed.values["iou"].flatMap(IoUConvention.init) ?? .stnet
        let inputSize = try parsed.integer("input-size", in: 1...4096) ?? 224
        let side = try parsed.number("square", in: 0...1)
        if side != nil, parsed.switches.contains("whole") {
            throw UsageError("--square and --whole exclude each other")
        }
        let path = parsed.values["annotations"] ?? "dataset/ILSVRC2012/annotations"
        func input(_ name: String, _ path: String) -> InputOption {
            InputOption(name: name, path: path, isDefault: parsed.values[name] == nil)
        }
        try InputOption.requireAll(
            [input("annotations", path)]
                + ["classes", "images"].compactMap { name in
                    parsed.values[name].map { input(name, $0) }
                })
        var classes =
            try parsed.values["classes"].map { path in
                try input("classes", path).reading { try ClassIndex(namesIn: path) }
            } ?? .ilsvrc2012
        classes.advice = ClassIndex.otherClasses
        let annotations = try input("annotations", path).reading { [classes] in
            try Annotations.load(path: path, classes: classes)
        }
        // Standard output may be read by a program.
        for note in annotations.notes { complain?(note) ?? StandardError.write("note: \(note)\n") }
        let images = try parsed.values["images"].map { path in
            try input("images", path).reading { try ImageDirectory.scan(path: path) }
        }
        let manifest = try Manifest(annotations: annotations, images: images ?? ImageCatalog([:]))
        let scorer = BoxScorer(preset: preset, inputSize: inputSize, convention: convention)
        var frames = BoxFrames()
        var groundTruth: [GroundTruth] = []
        for entry in manifest.entries {
            guard let frame = frames.frame(of: entry) else { throw DatasetError.noSize(of: entry.id, in: path) }
            groundTruth.append(scorer.groundTruth(entry, scorer.geometry(frame)))
        }
        let chosen = parsed.switches.contains("whole") ? Baseline.wholeFrame : side.map { .centredSquare($0) }
        let baselines =
            chosen.map { Baselines(groundTruth, convention: convention, only: $0) }
            ?? Baselines(groundTruth, convention: convention)
        if parsed.switches.contains("json") {
            say(baselines.json.pretty)
        } else {
            say(AccuracyTable.plain(baselines, convention: convention))
            if preset != .stnet || inputSize != 224 {
                say("Boxes in an input of \(inputSize)x\(inputSize) pixels, --preprocess \(preset.rawValue).\n")
            }
        }
        for note in frames.notes { complain?(note) ?? StandardError.write("note: \(note)\n") }
        guard let problem = frames.problem else { return .valid }
        complain?(problem) ?? StandardError.write("INVALID: \(problem)\n")
        return .invalid
    }
}
