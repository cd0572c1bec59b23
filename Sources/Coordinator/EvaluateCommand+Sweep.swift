import Bytes
import Evaluation
import Jobs
import Options

// What a run among others needs beside one alone.

extension EvaluateCommand {
    /// What this machine computes itself of the canary; nil where nodes are not to be compared with it.
    func canary(_ inputs: Inputs) -> PreparedCanary? {
        guard configuration.fleet != nil, configuration.options.precision == .exact else { return nil }
        return PreparedCanary(
            OwnCanary(
                network: configuration.network, weights: inputs.weights, options: configuration.options,
                threads: configuration.threads))
    }

    /// One line, and what was chosen for this run: the sweep has said what all runs share.
    func announce(_ place: SweepPlace) {
        let network = configuration.network
        printer.say("\(place.text): \(network.name), input \(network.inputSize)x\(network.inputSize)")
        for (name, value) in configuration.resolvedDefaults where ["weights", "preprocess", "map-layer"].contains(name)
        {
            printer.say("  --\(name) \(value) (\(name == "preprocess" ? "auto" : "default"))")
        }
    }

    /// What would be in the way of the run, as far as it can be seen without nodes; changes nothing.
    /// - Returns: whether its result lies in --out already.
    func check(_ inputs: Inputs) throws -> Bool {
        let output = OutputDirectory(path: configuration.outPath, forces: configuration.forces)
        if try output.finished(fingerprint(inputs), resumes: configuration.resumes) != nil { return true }
        _ = try refuseOthersArtifacts(inputs.manifest)
        try output.checkMakeable()
        return false
    }

    /// Whether the keys, the list of nodes and the folder of announcements can be read; nothing is connected.
    func checkFleet(_ inputs: Inputs) throws {
        guard configuration.fleet != nil else { return }
        try FleetConnector(configuration: configuration, inputs: inputs) { [printer] in printer.say($0) }.stop()
    }

    func checkResultsFile() throws {
        if let path = configuration.resultsPath { try ResultsFile(path: path).check(run: configuration.outPath) }
    }

    /// The run's row in a table of many, valid or not; none where the run left nothing.
    func recordResult() throws {
        guard let path = configuration.resultsPath, !configuration.isDryRun,
            access("\(configuration.outPath)/\(RunOutput.certificateName)", F_OK) == 0
        else { return }
        let name = EvaluateCommand.absolute(configuration.outPath)
        try ResultsFile(path: path).record(try RunRow(directory: configuration.outPath, name: name))
    }
}
