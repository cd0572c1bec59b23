import Bytes
import Dataset
import Jobs
import Node
import Options
import SelectiveTuning

/// Everything that one evaluation needs, with defaults resolved.
public struct EvaluateConfiguration: Sendable {
    public var imagesPath: String
    public var annotationsPath: String
    /// Where the masks' paths begin; nil for annotations without masks.
    public var masksPath: String?
    public var network: Network
    /// Whether `network` came from a file and must travel with the job.
    public var networkIsCustom: Bool
    public var weightsPath: String
    public var outPath: String
    /// Where `--save-maps` puts the maps; nil where they are not kept.
    public var mapsPath: String?
    /// How the images' maps are measured; nil where they are not.
    public var mapMetrics: MapMetrics?
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
    package var gpu: GPUChoice?
    public var isDryRun: Bool
    public var progress: ProgressPrinter.Style
    public var resumes: Bool
    /// All files of an earlier part of the run are compared with those that lie there now, not a sample.
    public var verifiesData: Bool
    /// One image of so many is evaluated by a second node; nil for none.
    public var verifyEvery: Int?
    public var metricsPath: String?
    public var logPath: String?
    /// A table of many runs that gets a row of this one; nil for none.
    public var resultsPath: String?
    /// Nil for the embedded node.
    public var fleet: Fleet?
    /// Replace what is in `outPath`, finished or not.
    public var forces: Bool
    /// What was not given and what it became, by option name; for the start of the run and the summary.
    public var resolvedDefaults: [(name: String, value: String)]
    /// What a configuration file gave, in the help's order; nil for the value of a switch.
    public var configured: [(name: String, value: String?, path: String)]
    /// What a configuration file gave and the command line made pointless: it is not taken.
    public var moot: [(name: String, path: String)] = []
    /// Where several files could be the weights that were not given, those that were not taken.
    public var otherWeights: [String] = []

    /// Where nodes are and how they are reached.
    public struct Fleet: Sendable, Hashable {
        public var nodesPath: String?
        public var announcePath: String?
        public var keyPath: String?
        public var isInsecure: Bool
        public var waitSeconds: Double
    }

    /// How maps are measured beside the boxes.
    public struct MapMetrics: Sendable, Hashable {
        /// 1 ... 1000.
        public var thresholds: Int
        /// The directory of a run whose images have chosen thresholds; nil for none.
        public var givenBy: String?
    }

    /// Resolves parsed options in the working directory. Throws `UsageError`, `NetworkError` or `JSONError`.
    public init(_ given: ParsedOptions) throws {
        var parsed = given
        let values = parsed.values
        var resolved: [(name: String, value: String)] = []
        func path(_ name: String, default standard: String) -> String {
            if let value = values[name] { return value }
            resolved.append((name, standard))
            return standard
        }
        imagesPath = path("images", default: "dataset/ILSVRC2012/images")
        annotationsPath = path("annotations", default: "dataset/ILSVRC2012/annotations")
        masksPath = values["masks"]
        let named = path("network", default: "alexnet")
        (network, networkIsCustom) = try InputOption(name: "network", path: named, isDefault: values["network"] == nil)
            .reading { try NetworkOption.network(named) }
        outPath = path("out", default: EvaluateConfiguration.newDirectory(network.name))
        idsPath = values["ids"]
        limit = try parsed.integer("limit", in: 1...Int.max)
        mapsPath = values["save-maps"]
        var pointless: [String] = []
        if parsed.isFromCommandLine("method"), let method = values["method"].flatMap(LocalizationMethod.init) {
            pointless = parsed.takeBackConfigured(method.othersOptions.union(method.hasPresets ? [] : ["preset"]))
        }
        do {
            (options, preset) = try EvaluateConfiguration.options(parsed, network, isCustom: networkIsCustom)
            let names = try parsed.refuseWithoutEffect(
                EvaluateOptions.help.options, decidedBy: ["method", "preset"]
            ) { [options] in options.texts[$0] }
            // What the command line made pointless does not count as given.
            pointless += names
            if !names.isEmpty {
                (options, preset) = try EvaluateConfiguration.options(parsed, network, isCustom: networkIsCustom)
            }
            moot = pointless.map { ($0, given.sources[$0] ?? "") }
        } catch let error as JobOptionError {
            throw UsageError(parsed.blame(error.name) + error.description)
        }
        let readOut = options.localization.readOut
        guard network.readOuts.contains(where: { $0.name == readOut }) else {
            throw EvaluateConfiguration.unknownReadOut("bottom", readOut, parsed, network)
        }
        do throws(NetworkError) {
            try options.localization.check(network)
        } catch {
            let option = options.localization.mapLayer == nil ? "method" : "map-layer"
            throw UsageError("\(parsed.blame(option))--method \(options.localization.method.rawValue): \(error)")
        }
        if options.localization.method.ownOptions.contains("map-layer"), options.localization.mapLayer == nil {
            resolved.append(("map-layer", network.lastFeatureMap ?? ""))
        }
        if values["preprocess"] == "auto" { resolved.append(("preprocess", options.preset.rawValue)) }
        if let problem = options.preset.problem(inputSize: network.inputSize) {
            throw UsageError(parsed.blame("preprocess") + problem)
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
        gpu = try values["gpu"].map { text throws(UsageError) in
            try GPUChoice(parsing: text, blame: parsed.blame("gpu"))
        }
        if gpu != nil, options.precision == .fast {
            throw UsageError(
                "\(parsed.blame(anyOf: "gpu", "precision"))--gpu and --precision fast: a GPU computes precision exact only"
            )
        }
        isDryRun = parsed.switches.contains("dry-run")
        resumes = parsed.switches.contains("resume")
        forces = parsed.switches.contains("force")
        if resumes, values["out"] == nil {
            throw UsageError("\(parsed.blame("resume"))--resume needs --out, the directory of the run")
        }
        verifiesData = parsed.switches.contains("verify-data")
        verifyEvery = try parsed.integer("verify-every", in: 1...Int.max)
        if resumes, forces {
            throw UsageError(
                "\(parsed.blame(anyOf: "resume", "force"))--resume and --force exclude each other: go on, or begin anew"
            )
        }
        metricsPath = values["metrics-file"]
        logPath = values["log"]
        resultsPath = values["results-file"]
        fleet = try EvaluateConfiguration.fleet(parsed)
        if gpu != nil, fleet != nil {
            throw UsageError(
                "\(parsed.blame(anyOf: "gpu", "nodes", "announce"))--gpu is for an evaluation in this process: nodes have a --gpu of their own"
            )
        }
        if inputCache != nil, fleet != nil {
            throw UsageError(
                "\(parsed.blame(anyOf: "cache", "nodes", "announce"))--cache is for an evaluation in this process: nodes have a --cache of their own"
            )
        }
        progress = values["progress"].flatMap(ProgressPrinter.Style.init) ?? .auto
        if let given = values["weights"] {
            weightsPath = given
        } else {
            (weightsPath, otherWeights) = try EvaluateConfiguration.defaultWeights(network.name)
            resolved.append(("weights", weightsPath))
        }
        if options.measuresMaps {
            mapMetrics = MapMetrics(
                thresholds: try parsed.integer("thresholds", in: 1...1000) ?? 100, givenBy: values["threshold-from"])
        }
        resolvedDefaults = resolved
        configured = EvaluateOptions.help.options.map(\.name).filter(parsed.isFromConfiguration).map { [parsed] name in
            (name, parsed.values[name], parsed.sources[name] ?? "")
        }
    }

    private static func options(
        _ parsed: ParsedOptions, _ network: Network, isCustom: Bool
    ) throws -> (JobOptions, MethodPreset?) {
        // `ParsedOptions` has checked the names.
        let method = parsed.values["method"].flatMap(LocalizationMethod.init) ?? .standard
        let preset = parsed.values["preset"].flatMap(MethodPreset.init)
        var given = parsed.values.filter { JobOptions.names.contains($0.key) }
        try addArtifacts(to: &given, method, parsed, network)
        // The default by its name is the same run.
        if method.ownOptions.contains("map-layer"), given["map-layer"] == network.lastFeatureMap {
            given["map-layer"] = nil
        }
        if given["preprocess"] == "auto" {
            let weights = parsed.values["weights"] ?? (try? defaultWeights(network.name).first)
            given["preprocess"] =
                Preprocessing.automatic(for: network, isCustom: isCustom) {
                    weights.flatMap { try? WeightFile.open(path: $0).sha256() }
                }.rawValue
        }
        if let text = given["preprocess"], Preprocessing(rawValue: text) == nil {
            throw UsageError(parsed.blame("preprocess") + Preprocessing.refusal(of: text, others: ["auto"]))
        }
        let options = try method.options(preset: preset, given: given)
        return (options, method.hasPresets ? preset ?? .reference : nil)
    }

    private static func unknownReadOut(
        _ option: String, _ name: String, _ parsed: ParsedOptions, _ network: Network
    ) -> UsageError {
        let known = network.readOuts.map(\.name)
        return UsageError(
            "\(parsed.blame(option))--\(option) \(name): network \(network.name) has \(known.joined(separator: ", "))"
                + Suggestion.question(for: name, among: known))
    }

    /// The options of pictures and maps, as a job has them, and the read-out of the maps: `--map-bottom`, else
    /// `--bottom` where it is given, else the network's own. What is given and has no effect is not taken: it is refused
    /// where all options are known.
    private static func addArtifacts(
        to given: inout [String: String], _ method: LocalizationMethod, _ parsed: ParsedOptions, _ network: Network
    ) throws {
        let isHypothesis = given["exe-mode"] == ExecutionMode.hypothesisPictures.rawValue
        if parsed.switches.contains("overlay"), isHypothesis { given["overlay"] = "true" }
        if parsed.values["save-maps"] != nil {
            given["maps"] = parsed.values["save-maps-as"] ?? MapForm.benchmark.rawValue
        }
        if parsed.switches.contains("map-metrics") {
            given["map-metrics"] = "true"
            if parsed.values["masks"] != nil {
                given["pixel-thresholds"] = "\(try parsed.integer("thresholds", in: 1...1000) ?? 1000)"
            }
        }
        guard isHypothesis || given["maps"] != nil || given["map-metrics"] != nil else {
            given["map-bottom"] = nil
            return
        }
        if !method.hasReadOuts {
            given["map-bottom"] = Network.image
            return
        }
        let readOut = try given["map-bottom"] ?? given["bottom"] ?? network.ownReadOut()
        guard network.readOuts.contains(where: { $0.name == readOut }) else {
            throw unknownReadOut(given["map-bottom"] == nil ? "bottom" : "map-bottom", readOut, parsed, network)
        }
        given["map-bottom"] = readOut
    }

    private static func fleet(_ parsed: ParsedOptions) throws(UsageError) -> Fleet? {
        let values = parsed.values
        let seconds = try parsed.number("wait", in: 0...1e6)
        guard values["nodes"] != nil || values["announce"] != nil else {
            return nil
        }
        let isInsecure = parsed.switches.contains("insecure")
        if isInsecure, values["key-file"] != nil {
            throw UsageError(
                "\(parsed.blame(anyOf: "insecure", "key-file"))--insecure and --key-file exclude each other")
        }
        return Fleet(
            nodesPath: values["nodes"], announcePath: values["announce"], keyPath: values["key-file"],
            isInsecure: isInsecure, waitSeconds: seconds ?? 60)
    }

    /// The first of the files in `weights` that are called after the network, and the others. `alexnet-caffe.pth` is not
    /// called after `alexnet`: there is a network of that longer name.
    private static func defaultWeights(_ network: String) throws(UsageError) -> (first: String, others: [String]) {
        let names = (try? Folder.names("weights")) ?? []
        let longer = NetworkCatalog.names.filter { $0.count > network.count && $0.hasPrefix(network) }
        let fitting = names.filter { name in
            name.hasPrefix(network) && (name.hasSuffix(".pth") || name.hasSuffix(".safetensors"))
                && !longer.contains { name.hasPrefix($0) }
        }.sorted().map { "weights/" + $0 }
        guard let first = fitting.first else {
            let fetch = PublishedWeights.named(network) == nil ? "" : ", or fetch them: stnet-coord weights \(network)"
            throw UsageError(
                "no weights: give --weights FILE, or place weights/\(network)*.pth or .safetensors\(fetch)")
        }
        return (first, Array(fitting.dropFirst()))
    }

    /// `results/<time>-<name>`, one that is not there yet: two runs may begin in one second.
    package static func newDirectory(_ name: String) -> String {
        let path = "results/\(timestamp())-\(name)"
        let others = (2...1000).lazy.map { "\(path)-\($0)" }
        return ([path] + others).first { access($0, F_OK) != 0 } ?? path
    }

    private static func timestamp() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
