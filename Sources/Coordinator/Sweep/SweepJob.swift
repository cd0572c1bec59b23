import Bytes
import Options

/// One run of a sweep before it begins.
struct SweepJob {
    let name: String
    var configuration: EvaluateConfiguration

    /// Options of the job, behind them those of the command line, what is common to all jobs, and the configuration file.
    ///
    /// - Parameters:
    ///   - out: the sweep's directory.
    /// - Throws: what is wrong, with the file and the job.
    init(
        _ job: SweepFile.Job, _ file: SweepFile, out: String, configured: (json: JSON, path: String)?
    ) throws {
        name = job.name
        let place = "\(file.path): job \"\(job.name)\""
        do {
            var options = file.options
            try options.merge(configuration: .object(job.own), path: place)
            try options.merge(configuration: .object(file.common), path: "\(file.path): common")
            if let configured { try options.merge(configuration: configured.json, path: configured.path) }
            configuration = try EvaluateConfiguration(options)
        } catch {
            throw Self.located(error, file.path, job.name)
        }
        configuration.outPath = "\(out)/\(name)"
        // Each run has a folder for its maps: their files are called after the images.
        configuration.mapsPath = configuration.mapsPath.map { "\($0)/\(name)" }
        configuration.resolvedDefaults.removeAll { $0.name == "out" }
    }

    /// An error with file and job before it.
    static func located(_ error: any Error, _ file: String, _ job: String) -> any Error {
        let place = "\(file): job \"\(job)\": "
        func located(_ text: String) -> String {
            if text.hasPrefix(place) { return text }
            return place + (text.hasPrefix(file + ": ") ? String(text.dropFirst(file.count + 2)) : text)
        }
        if let missing = error as? MissingInputs { return MissingInputs(lines: missing.lines.map(located)) }
        if error is UsageError { return UsageError(located("\(error)")) }
        return SweepError(description: located("\(error)"), cause: error)
    }
}

/// What is wrong with a sweep: the file, the job and the field.
public struct SweepError: Error, CustomStringConvertible {
    public let description: String
    /// What was wrong, without the job: it decides the exit status.
    public let cause: any Error
}
