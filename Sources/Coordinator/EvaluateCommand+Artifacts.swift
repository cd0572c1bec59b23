import Bytes
import Dataset
import Evaluation
import Options
import Protocol

extension EvaluateCommand {
    /// Where the files lie that the run makes of images; nil where it makes none.
    func artifactFiles(_ manifest: Manifest) -> ArtifactFiles? {
        ArtifactFiles(
            options: configuration.options.artifacts, outPath: configuration.outPath, mapsPath: configuration.mapsPath,
            inputSize: configuration.network.inputSize, called: { manifest.calledName(of: $0) })
    }

    /// Pictures and maps of the run's images that lie there already are another run's, unless this one goes on or was
    /// told to replace them. Looks, and changes nothing: to be asked before the run's own journal is there.
    /// - Returns: whether the run may remove what lies there of images that have no result.
    func refuseOthersArtifacts(_ manifest: Manifest) throws -> Bool {
        let goesOn = access(journalPath, F_OK) == 0
        let replaces = configuration.forces || goesOn
        guard !configuration.forces, let files = artifactFiles(manifest) else { return replaces }
        let isResumed = goesOn && configuration.resumes
        // A journal binds what lies beside it; another folder may be anybody's.
        let own = configuration.outPath + "/"
        guard let found = files.first(of: manifest, except: { isResumed || goesOn && $0.hasPrefix(own) }) else {
            return replaces
        }
        throw OutputError.taken(
            folder: found.folder, holds: found.kind.isMap ? "maps" : "pictures",
            first: found.id + found.kind.suffix)
    }

    /// Pictures and maps belong to a finished result, too.
    func requireArtifacts(_ manifest: Manifest) throws {
        guard let files = artifactFiles(manifest) else { return }
        let lost = manifest.ids.filter { !files.isComplete($0) }
        guard let first = lost.first else { return }
        throw OutputError.lacksFiles(folders: files.paths, count: lost.count, first: first)
    }

    /// The folders for those files, made.
    func prepareArtifacts(_ inputs: Inputs, _ ledger: Ledger, replaces: Bool, _ made: inout [String]) throws
        -> ArtifactFiles?
    {
        guard !configuration.isDryRun else { return nil }
        if configuration.forces {
            let called = { inputs.manifest.calledName(of: $0) }
            try EarlierFiles(outPath: configuration.outPath, called: called).remove()
        }
        guard let files = artifactFiles(inputs.manifest) else { return nil }
        made += try InputOption(name: "save-maps", path: configuration.mapsPath ?? "", isDefault: false).reading {
            try files.prepare(inputs.manifest, replaces: replaces, isDone: ledger.isDone)
        }
        let missing = files.missing(inputs.manifest, isEvaluated: ledger.isEvaluated)
        if let missing {
            printer.say("\(missing.count) of them lack their files, the first is \(missing.first): evaluated once more")
        }
        return files
    }
}
