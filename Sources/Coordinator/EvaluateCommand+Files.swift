import Bytes
import Dataset
import Evaluation
import Options

// What lies under --images must be what was evaluated: before a run goes on, at its end, and where it is said to be complete.

extension EvaluateCommand {
    /// Images whose bytes are compared where `--verify-data` does not ask for all.
    private static let sample = 64

    private var scope: EvaluatedFiles.Scope { configuration.verifiesData ? .all : .sample(Self.sample) }

    /// Nodes may have images that this machine lacks.
    private var goneDiffers: Bool { configuration.fleet == nil }

    /// Images whose file is not the one that was evaluated make no run together with others.
    func checkFiles(_ opened: Ledger, _ manifest: Manifest) throws -> Ledger {
        var ledger = opened
        guard ledger.counts.evaluated > 0 else { return ledger }
        // Where the journal is damaged, it may have lost that a result was taken back because its file had changed.
        let files = try EvaluatedFiles(
            ledger, manifest, scope: ledger.journal.recovery.damages > 0 ? .all : scope, goneDiffers: goneDiffers)
        guard let problem = files.problem else { return ledger }
        guard configuration.verifiesData else {
            throw ChangedFiles(
                description:
                    "\(journalPath): \(problem): put back the files of the run, or give --verify-data to compare "
                    + "all and evaluate anew what differs, or another --out for a run of these files")
        }
        for difference in files.differences { try ledger.drop(difference.image) }
        try ledger.journal.flush()
        let count = files.differences.count
        printer.say(
            "\(count) image\(count == 1 ? " is another file" : "s are other files") than "
                + "\(count == 1 ? "the one" : "those") evaluated, the first is "
                + "\(files.differences[0].id) (\(files.differences[0].path)): evaluated anew")
        return ledger
    }

    /// Says what of the images that have no result yet is not as it was when the run began, as far as that was written down.
    /// It is no fault: an image that could not be read may have been mended, and each result names its file.
    func noteData(_ ledger: Ledger, _ inputs: Inputs, _ began: JournalFingerprint) {
        guard ledger.counts.done > 0, let began = DataIdentity(began), let data = inputs.data else { return }
        let places = inputs.samples.places
        let changed = data.changedSamples(since: began).filter { !ledger.isDone(places[$0]) }
        if let first = changed.first {
            let entry = inputs.manifest.entries[places[first]]
            let others = changed.count > 1 ? ", as are \(changed.count - 1) more of the \(places.count) samples" : ""
            printer.say(
                "note: \(entry.id) (\(entry.image?.path ?? "its file")) is another file than when the run began "
                    + "(SHA-256 \(began.samples[first].prefix(12)), now \(data.samples[first].prefix(12)))\(others); "
                    + "it has no result yet")
        }
        if let note = data.note(since: began) { printer.say("note: \(note)") }
    }

    /// Files that were replaced while the run went on: its results are of two data sets, or of one that is gone.
    func filesProblem(_ ledger: Ledger, _ manifest: Manifest) throws -> String? {
        try EvaluatedFiles(ledger, manifest, scope: .sample(Self.sample), goneDiffers: goneDiffers).problem
    }

    /// Says that there is nothing to do, of files that are still those of the result.
    func showFinished(_ finished: FinishedOutput, _ inputs: Inputs) throws -> ExitStatus {
        if let list = try finished.fileList() {
            let files: EvaluatedFiles
            do {
                files = try EvaluatedFiles(list: list, inputs.manifest, scope: scope, goneDiffers: goneDiffers)
            } catch let problem as EvaluatedFiles.ListProblem {
                throw OutputError.damaged(
                    directory: configuration.outPath, problem: "\(RunOutput.filesName): \(problem)")
            }
            if let problem = files.problem {
                throw OutputError.otherFiles(directory: configuration.outPath, problem: problem)
            }
        }
        for line in finished.lines { say(line) }
        return .valid
    }

    /// A part of a run does not take the place of a finished result that it was to replace: its journal has it.
    func keepsFinished(_ ending: RunEnding) -> Bool {
        guard ending != .complete, ((try? FinishedOutput(directory: configuration.outPath)) ?? nil) != nil else {
            return false
        }
        printer.say(
            "the finished result in \(configuration.outPath) is kept"
                + (configuration.options.artifacts.kinds.isEmpty ? "" : ", but not all of its pictures or maps")
                + "; to go on with its replacement: the same command "
                + "with --resume in the place of --force")
        return true
    }

    /// What somebody can do about a whole run that is not valid.
    func remedy(_ certificate: Certificate, filesDiffer: Bool) -> String {
        // A sweep is gone on with as a whole.
        let out = place?.out ?? configuration.outPath
        if filesDiffer {
            return
                "to evaluate anew the images whose files differ: the same command with --resume --verify-data --out \(out)"
        }
        if !certificate.deliveries.disagreeing.isEmpty {
            return
                "for a node that decides between results that differ: the same command with --resume --out \(out) and one "
                + "more node"
        }
        if !certificate.failed.isEmpty || !certificate.missing.isEmpty {
            return "to try again what failed: the same command with --resume --out \(out)"
        }
        if let asked = certificate.deliveries.verification, asked.done < asked.asked {
            return "for the second evaluations: the same command with --resume --out \(out) and more nodes"
        }
        return
            "no image failed, so that --resume changes nothing: the reasons stand above; once they are mended, --force"
    }
}
