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
        say: (String) -> Void = { StandardOutput.write($0) },
        complain: ((String) -> Void)? = nil
    ) throws -> ExitStatus {
        let convention = parsed.values["iou"].flatMap(IoUConvention.init) ?? .stnet
        let inputSize = try parsed.integer("input-size", in: 1...4096) ?? 224
        let preset = try parsed.preprocessing(inputSize: inputSize)
        let side = try parsed.number("square", in: 0...1)
        if side != nil, parsed.switches.contains("whole") {
            throw UsageError("--square and --whole exclude each other")
        }
        let data = try ScoredData(parsed)
        // Standard output may be read by a program.
        for note in data.annotations.notes { complain?(note) ?? StandardError.say("note: \(note)") }
        let scorer = BoxScorer(preset: preset, inputSize: inputSize, convention: convention)
        var frames = BoxFrames()
        var groundTruth: [GroundTruth] = []
        for entry in data.manifest.entries {
            guard let frame = frames.frame(of: entry) else {
                throw DatasetError.noSize(of: entry.id, in: data.annotationsPath)
            }
            groundTruth.append(scorer.groundTruth(entry, scorer.geometry(frame)))
        }
        let chosen = parsed.switches.contains("whole") ? Baseline.wholeFrame : side.map { .centredSquare($0) }
        let baselines =
            chosen.map { Baselines(groundTruth, convention: convention, only: $0) }
            ?? Baselines(groundTruth, convention: convention)
        if parsed.switches.contains("json") {
            say(baselines.json.pretty)
        } else {
            say(AccuracyTable.plain(baselines, convention: convention, width: TerminalSize.ofStandardOutput.columns))
            if preset != .stnet || inputSize != 224 {
                say("Boxes in an input of \(inputSize)x\(inputSize) pixels, --preprocess \(preset.rawValue).\n")
            }
        }
        for note in frames.notes { complain?(note) ?? StandardError.say("note: \(note)") }
        guard let problem = frames.problem else { return .valid }
        complain?(problem) ?? StandardError.say("INVALID: \(problem)")
        return .invalid
    }
}
