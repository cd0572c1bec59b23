import Bytes
import Foundation
import Node
import Options
import SelectiveTuning

/// Everything that one evaluation needs, with defaults resolved.
public struct EvaluateConfiguration: Sendable {
    public var imagesPath: String
    public var annotationsPath: String
    public var network: Network
    /// Whether `network` came from a file and must travel with the job.
    public var networkIsCustom: Bool
    public var weightsPath: String
    public var outPath: String
    /// Where `--save-maps` puts the maps; nil where they are not kept.
    public var mapsPath: String?
    public var idsPath: String?
    public var limit: Int?
    /// Nil for a method that has none.
    public var preset: MethodPreset?
    /// The preset's, with what was given in their place.
    public var options: JobOptions
    public var threads: Int
    public var batch: Int?
    public var inputCache: InputCacheOptions?
    /// The embedded node's GPU, by index or UUID; nil for the CPU.
    public var gpu: String?
    public var isDryRun: Bool
    public var progress: ProgressPrinter.Style
    public var resumes: Bool
    /// All files of an earlier part of the run are compared with those that lie there now, not a sample.
    public var verifiesData: Bool
    /// Every so manieth image is evaluated by a second node; nil for none.
    public var verifyEvery: Int?
    public var metricsPath: String?
    public var logPath: String?
    /// Nil for the embedded node.
    public var fleet: Fleet?
    /// What was not given and what it became, by option name; for the start of the run and the summary.
    public var resolvedDefaults: [(name: String, value: String)]

    /// Where nodes are and how they are reached.
    public struct Fleet: Sendable, Hashable {
        public var nodesPath: String?
        public var announcePath: String?
        public var keyPath: String?
        public var isInsecure: Bool
        public var waitSeconds: Double
    }

    /// Resolves parsed options in the working directory. Throws `UsageError`, `NetworkError` or `JSONError`.
    public init(_ parsed: ParsedOptions) throws {
        let values = parsed.values
        var resolved: [(name: String, value: String)] = []
        func path(_ name: String, default standard: String) -> String {
            if let value = values[name] { return value }
            resolved.append((name, standard))
            return standard
        }
        imagesPath = path("images", default: "dataset/ILSVRC2012/images")
        annotationsPath = path("annotations", default: "dataset/ILSVRC2012/annotations")
        (network, networkIsCustom) = try EvaluateConfiguration.network(path("network", default: "alexnet"))
        outPath = path("out", default: "results/\(EvaluateConfiguration.timestamp())-\(network.name)")
        idsPath = values["ids"]
        limit = try parsed.integer("limit", in: 1...Int.max)
        // `ParsedOptions` has checked the name.
        let method = values["method"].flatMap(LocalizationMethod.init) ?? .stnet
        let givenPreset = values["preset"].flatMap(MethodPreset.init)
        preset = method == .stnet ? givenPreset ?? .reference : nil
        var given = values.filter { JobOptions.names.contains($0.key) }
        mapsPath = values["save-maps"]
        try EvaluateConfiguration.addArtifacts(to: &given, parsed, network)
        do {
            options = try method.options(preset: givenPreset, given: given)
            if method == .cam { _ = try ClassActivation(network) }
        } catch let error as JobOptionError {
            throw UsageError(error.description)
        } catch let error as NetworkError {
            throw UsageError("--method cam: \(error)")
        }
        let readOut = options.localization.readOut
        guard network.readOuts.contains(where: { $0.name == readOut }) else {
            throw UsageError(
                "--bottom \(readOut): network \(network.name) has \(network.readOuts.map(\.name).joined(separator: ", "))"
            )
        }
        if let problem = options.artifacts.problem(inputSize: network.inputSize) {
            throw UsageError("--exe-mode \(options.artifacts.mode.rawValue): \(problem)")
        }
        if let given = try parsed.integer("threads", in: 1...1024) {
            threads = given
        } else {
            threads = Processors.available
            resolved.append(("threads", String(threads)))
        }
        batch = try parsed.integer("batch", in: 1...4096)
        inputCache = try InputCacheOptions(parsed)
        gpu = values["gpu"]
        if gpu != nil, options.precision == .fast {
            throw UsageError("--gpu and --precision fast: a GPU computes precision exact only")
        }
        isDryRun = parsed.switches.contains("dry-run")
        resumes = parsed.switches.contains("resume")
        if resumes, values["out"] == nil { throw UsageError("--resume needs --out, the directory of the run") }
        verifiesData = parsed.switches.contains("verify-data")
        if verifiesData, !resumes {
            throw UsageError("--verify-data is for --resume: a run compares each file while it evaluates it")
        }
        verifyEvery = try parsed.integer("verify-every", in: 1...Int.max)
        metricsPath = values["metrics-file"]
        logPath = values["log"]
        fleet = try EvaluateConfiguration.fleet(parsed)
        if verifyEvery != nil, fleet == nil {
            throw UsageError("--verify-every needs a second node: give --nodes FILE or --announce DIR")
        }
        if gpu != nil, fleet != nil {
            throw UsageError("--gpu is for an evaluation in this process: nodes have a --gpu of their own")
        }
        if inputCache != nil, fleet != nil {
            throw UsageError("--cache is for an evaluation in this process: nodes have a --cache of their own")
        }
        progress = values["progress"].flatMap(ProgressPrinter.Style.init) ?? .auto
        if let given = values["weights"] {
            weightsPath = given
        } else {
            weightsPath = try EvaluateConfiguration.defaultWeights(network.name)
            resolved.append(("weights", weightsPath))
        }
        resolvedDefaults = resolved
    }

    /// The options of pictures and maps, as a job has them, and the read-out of the maps: `--map-bottom`, else
    /// `--bottom` where it is given, else the network's own.
    private static func addArtifacts(
        to given: inout [String: String], _ parsed: ParsedOptions, _ network: Network
    ) throws {
        let isHypothesis = given["exe-mode"] == ExecutionMode.hypothesisPictures.rawValue
        if parsed.switches.contains("overlay") {
            guard isHypothesis else { throw UsageError("--overlay is for --exe-mode ch_viz") }
            given["overlay"] = "true"
        }
        if parsed.values["save-maps"] != nil { given["maps"] = "true" }
        guard isHypothesis || given["maps"] != nil else {
            if given["map-bottom"] != nil { throw UsageError("--map-bottom is for --exe-mode ch_viz and --save-maps") }
            return
        }
        if given["method"] == LocalizationMethod.cam.rawValue {
            guard given["map-bottom"] == nil else {
                throw UsageError("--map-bottom is for --method stnet, not for cam")
            }
            given["map-bottom"] = Network.image
            return
        }
        let readOut = try given["map-bottom"] ?? given["bottom"] ?? network.ownReadOut()
        guard network.readOuts.contains(where: { $0.name == readOut }) else {
            let name = given["map-bottom"] == nil ? "bottom" : "map-bottom"
            throw UsageError(
                "--\(name) \(readOut): network \(network.name) has \(network.readOuts.map(\.name).joined(separator: ", "))"
            )
        }
        given["map-bottom"] = readOut
    }

    private static func fleet(_ parsed: ParsedOptions) throws(UsageError) -> Fleet? {
        let values = parsed.values
        let seconds = try parsed.number("wait", in: 0...1e6)
        guard values["nodes"] != nil || values["announce"] != nil else {
            for name in ["key-file", "wait"] where values[name] != nil {
                throw UsageError("--\(name) is for nodes: give --nodes FILE or --announce DIR")
            }
            if parsed.switches.contains("insecure") {
                throw UsageError("--insecure is for nodes: give --nodes FILE or --announce DIR")
            }
            return nil
        }
        let isInsecure = parsed.switches.contains("insecure")
        if isInsecure, values["key-file"] != nil { throw UsageError("--insecure and --key-file exclude each other") }
        return Fleet(
            nodesPath: values["nodes"], announcePath: values["announce"], keyPath: values["key-file"],
            isInsecure: isInsecure, waitSeconds: seconds ?? 60)
    }

    /// A network by name, or from a JSON description.
    public static func network(_ text: String) throws -> (Network, isCustom: Bool) {
        guard text.hasSuffix(".json") else { return (try NetworkCatalog.network(named: text), false) }
        let bytes = try WholeFile.read(path: text, limit: 4 << 20)
        return (try Network(json: try JSON.parse(bytes, source: text), source: text), true)
    }

    private static func defaultWeights(_ network: String) throws(UsageError) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "weights")) ?? []
        let fitting = names.filter {
            $0.hasPrefix(network) && ($0.hasSuffix(".pth") || $0.hasSuffix(".safetensors"))
        }
        guard let first = fitting.min() else {
            let fetch = PublishedWeights.named(network) == nil ? "" : ", or fetch them: stnet-coord weights \(network)"
            throw UsageError(
                "no weights: give --weights FILE, or place weights/\(network)*.pth or .safetensors\(fetch)")
        }
        return "weights/" + first
    }

    static func timestamp() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
