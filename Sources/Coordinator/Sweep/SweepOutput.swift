import Bytes
import Dataset
import Evaluation
import Jobs
import Options

/// What a sweep leaves beside its runs: one table in three forms, and one page.
struct SweepOutput {
    let directory: String
    let title: String

    private static let tableNames = ["table.md", "table.csv", "table.json"]

    /// What lies in the sweep's own folder: no job may be called so.
    static let reservedNames =
        tableNames + [
            ComparisonPage.name, RunOutput.certificateName, EvaluateCommand.journalName,
        ]

    /// Looks whether what is there is an earlier sweep's; changes nothing.
    /// - Parameter resultsPath: of --results-file.
    func check(resultsPath: String?) throws {
        if let resultsPath,
            Self.reservedNames.contains(where: { realPath(resultsPath) == realPath("\(directory)/\($0)") })
        {
            throw NewFile.Refusal("--results-file \(resultsPath): is a file of the sweep itself: choose another name")
        }
        for name in [RunOutput.certificateName, EvaluateCommand.journalName]
        where access("\(directory)/\(name)", F_OK) == 0 {
            throw NewFile.Refusal("\(directory)/\(name): the folder holds a run: choose another --out for a sweep")
        }
        let kinds: [(String, ([UInt8]) -> Bool)] = [
            (Self.tableNames[0], RunTable.isMarkdown), (Self.tableNames[1], RunTable.isCSV),
            (Self.tableNames[2], RunTable.isJSON), (ComparisonPage.name, ComparisonPage.isPage),
        ]
        for (name, isEarlier) in kinds {
            try NewFile.check("\(directory)/\(name)", kind: "file of a sweep", isEarlier: isEarlier)
        }
    }

    /// Keeps other sweeps out of the folder, which is made where it is not there, until it is released.
    func lock() throws -> DirectoryLock {
        _ = try makeDirectories(directory)
        return try DirectoryLock(
            directory, whoever: "another sweep is at work there: wait for it, or choose another --out")
    }

    /// "650 images: Top-1 Loc .50 48.2 %, GT-known .50 55.8 %"
    static func headline(_ row: RunRow) -> String {
        let shown = [
            ("top1_loc_50", "Top-1 Loc .50"), ("gt_known_50", "GT-known .50"), ("max_box_acc_v2", "MaxBoxAccV2"),
        ]
        let numbers = shown.compactMap { name, heading in
            row.measures[name].map { "\(heading) \(Progress.fixed($0.value)) %" }
        }
        return "VALID: \(row.title), \(row.facts["images"] ?? "0") images: \(numbers.joined(separator: ", "))"
    }

    /// Writes and prints the table, and writes the page.
    func write(
        _ outcomes: [SweepCommand.Outcome], _ prepared: [SweepCommand.Prepared], say: (String) -> Void
    ) throws {
        _ = try makeDirectories(directory)
        let table = RunTable(zip(outcomes, prepared).map(row))
        let texts = [table.markdown, table.csv, table.json.pretty]
        for (name, text) in zip(Self.tableNames, texts) {
            try AtomicFile.write(path: "\(directory)/\(name)", text: text)
        }
        let isTerminal = isatty(STDOUT_FILENO) == 1
        say("")
        say(isTerminal ? table.plain(width: TerminalSize.ofStandardOutput.columns) : table.markdown)
        try AtomicFile.write(path: "\(directory)/\(ComparisonPage.name)", text: page(table, prepared).html)
        for name in Self.tableNames { say("  \(directory)/\(name)") }
    }

    private func row(_ outcome: SweepCommand.Outcome, _ prepared: SweepCommand.Prepared) -> RunRow {
        let configuration = prepared.command.configuration
        var lost = RunRow(
            run: outcome.name, title: outcome.name, state: outcome.status == nil ? .notBegun : .failed,
            problem: outcome.problem ?? "it left no result")
        lost.facts = [
            "model": configuration.network.name, "method": configuration.options.localization.method.rawValue,
            "preset": configuration.preset?.rawValue ?? "", "img_size": "\(configuration.network.inputSize)",
        ].filter { !$0.value.isEmpty }
        do {
            let row = try RunRow(directory: outcome.directory, name: outcome.name)
            switch outcome.status {
            case .valid: return row
            case nil: return prepared.isComplete ? row : lost
            // A valid result that lies there is an earlier one, which this run was to replace and did not.
            case .invalid, .tooFewNodes: return row.state == .valid ? lost : row
            default: return lost
            }
        } catch {
            if outcome.status == .valid { lost.problem = "\(error)".onOneLine }
            return lost
        }
    }

    private func page(_ table: RunTable, _ prepared: [SweepCommand.Prepared]) -> ComparisonPage {
        var images = RunsByImage()
        var first: SweepCommand.Prepared?
        for (row, job) in zip(table.rows, prepared) where table.isComparable(row) {
            guard let run = try? RunDirectory(path: job.command.configuration.outPath) else { continue }
            let hasReport = access("\(run.path)/\(Report.name)", F_OK) == 0
            let isAdded = images.add(row, report: hasReport ? "\(job.name)/\(Report.name)" : nil, run.records)
            if isAdded, first == nil { first = job }
        }
        guard let first = first ?? prepared.first else { preconditionFailure("a sweep without jobs") }
        let configuration = first.command.configuration
        let (preset, size) = (configuration.options.preset, configuration.network.inputSize)
        let manifest = first.inputs.manifest
        let classes = configuration.network.classNames.map { ClassIndex(names: $0) } ?? .ilsvrc2012
        // Boxes of images whose annotation has no size are known only where the file was decoded.
        let truth = manifest.entries.compactMap { entry -> GroundTruth? in
            guard let width = entry.declaredWidth, let height = entry.declaredHeight else { return nil }
            let geometry = Geometry(preset: preset, inputSize: size, width: width, height: height)
            return GroundTruth(
                id: entry.id, label: entry.label, boxes: entry.boxes.map(geometry.map), inputSize: size)
        }
        return ComparisonPage(
            title: title, table: table, images: images, convention: configuration.options.iou,
            classes: ClassNames(classes),
            thumbnails: ThumbnailMaker(preset: preset, inputSize: size).thumbnails(of: images.shownIDs, in: manifest),
            truth: truth.count == manifest.entries.count ? truth : [], version: stnetVersion)
    }
}
