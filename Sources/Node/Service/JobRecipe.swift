import Bytes
import Jobs
import Protocol
import SelectiveTuning

/// A job's texts, read: the network and the options. Everything in a job comes from another machine.
struct JobRecipe {
    let network: Network
    let options: JobOptions

    /// Throws `JobRefused` that names what is not known here.
    init(_ job: Job) throws(JobRefused) {
        do {
            if let text = job.networkDescription {
                network = try Network(json: try JSON.parse(text, source: "network"), source: "network")
            } else {
                network = try NetworkCatalog.network(named: job.network)
            }
            options = try JobOptions(job.options)
        } catch {
            throw JobRefused(.job, "\(error)")
        }
        for name in [options.localization.readOut, options.artifacts.mapReadOut ?? Network.image]
        where !network.readOuts.contains(where: { $0.name == name }) {
            throw JobRefused(
                .job,
                "\(NetworkError.unknownReadOut(name: name, network: network.name, known: network.readOuts.map(\.name)))"
            )
        }
        if let problem = options.preset.problem(inputSize: network.inputSize) { throw JobRefused(.job, problem) }
        if options.needsMap, options.artifacts.mapReadOut == nil {
            throw JobRefused(.job, "maps without the read-out at which they are made")
        }
        if options.pixelThresholds != nil, !options.measuresMaps {
            throw JobRefused(.job, "pixel-thresholds without map-metrics")
        }
        if let problem = options.artifacts.problem(inputSize: network.inputSize) { throw JobRefused(.job, problem) }
        guard job.sampleIDs.count <= WireLimits.samples else {
            throw JobRefused(.job, "\(job.sampleIDs.count) sample ids, at most \(WireLimits.samples) are accepted")
        }
    }

    /// The digest and the suffix become a file's name: nothing else may be in them.
    static func check(_ weights: WeightsFile) throws(JobRefused) {
        let digits = weights.sha256.utf8
        guard digits.count == 64, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            throw JobRefused(.weights, "the digest of the weights is no SHA-256 in lower-case hexadecimal digits")
        }
        guard WeightsCache.suffixes.contains(weights.suffix) else {
            throw JobRefused(
                .weights,
                "weights \"\(weights.suffix)\": expected \(WeightsCache.suffixes.joined(separator: " or "))")
        }
        guard (1...WeightsCache.largest).contains(weights.bytes) else {
            throw JobRefused(
                .weights, "\(weights.bytes) bytes of weights, expected 1 to \(WeightsCache.largest)")
        }
    }

    /// Errors of a weight file and of a network become refusals, without the file's path, which stays on this machine.
    /// A device that has failed is no refusal.
    static func refusing<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as JobRefused {
            throw error
        } catch let error as WeightError {
            throw JobRefused(.weights, "\(error)".replacing(path, with: "weights"))
        } catch let error as NetworkError {
            if case .outOfMemory = error { throw JobRefused(.device, "\(error)") }
            if case .deviceFailed = error { throw error }
            throw JobRefused(.job, "\(error)")
        } catch {
            throw JobRefused(.device, "\(error)".replacing(path, with: "weights"))
        }
    }
}
