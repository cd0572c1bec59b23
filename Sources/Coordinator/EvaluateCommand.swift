import Bytes
import Dataset
import Evaluation
import Jobs
import Options
import Protocol
import SelectiveTuning

/// `stnet-coord` without a subcommand: evaluates, on the embedded node or on others, and leaves the results in a
/// directory.
public struct EvaluateCommand: Sendable {
    let configuration: EvaluateConfiguration
    let printer: ProgressPrinter
    let interrupts: Interrupts
    let say: @Sendable (String) -> Void
    /// Which run of a sweep it is; nil for one alone.
    let place: SweepPlace?
    /// Gets why a run ended without a result.
    var onEnding: (@Sendable (String) -> Void)?

    /// `say` prints results to standard output; `printer` shows progress.
    public init(
        configuration: EvaluateConfiguration, printer: ProgressPrinter? = nil, interrupts: Interrupts = Interrupts(),
        say: @escaping @Sendable (String) -> Void = { StandardOutput.say($0) }
    ) {
        self.init(configuration: configuration, printer: printer, interrupts: interrupts, place: nil, say: say)
    }

    init(
        configuration: EvaluateConfiguration, printer: ProgressPrinter?, interrupts: Interrupts, place: SweepPlace?,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.place = place
        self.configuration = configuration
        let printer = printer ?? ProgressPrinter(style: configuration.progress)
        self.printer = printer
        self.interrupts = interrupts
        // Where both go to one terminal, results come behind what was said before them.
        self.say = { line in
            printer.flush()
            say(line)
        }
    }

    /// All that is fixed before the first node is asked.
    struct Inputs: Sendable {
        var manifest: Manifest
        /// Images that this machine was to have and has not.
        var missingImages: Int
        var weights: WeightFile
        var job: Job
        var samples: Samples
        var networkDigest: String
        /// Nil where no image lies here.
        var data: DataIdentity?
        /// How maps are measured; nil where they are not.
        var maps: MapMeasurement?
    }

    /// Runs to the end. Throws what is wrong with the input; a failed image is no error but an invalid run.
    public func run() async throws -> ExitStatus {
        defer { printer.flush() }
        let started = Timestamp.now()
        announce()
        try checkResultsFile()
        return try await run(try readInputs(), started: started)
    }

    /// The same of inputs that were read. `canary`: what this machine computes itself, where somebody has begun with that.
    func run(
        _ inputs: Inputs, started: Int64 = Timestamp.now(), canary: PreparedCanary? = nil
    ) async throws -> ExitStatus {
        switch try await lead(inputs, started: started, canary ?? self.canary(inputs)) {
        case .over(let status):
            try recordResult()
            return status
        case .evaluated(let evaluated): return try conclude(evaluated)
        }
    }

    /// How far a run is when no node is needed for it any more.
    enum Led: Sendable {
        /// All is said and written.
        case over(ExitStatus)
        /// Its files are still to be written: `conclude`.
        case evaluated(Evaluated)
    }

    /// What a run has found, before it is written.
    struct Evaluated: Sendable {
        fileprivate let inputs: Inputs
        fileprivate let course: Course
        fileprivate let artifacts: ArtifactFiles?
        fileprivate let reporter: ConsoleReporter
    }

    /// Evaluates on the nodes, or on the one in this process, which are free when it returns. `ahead`: what the run that follows on
    /// the same nodes is of.
    func lead(
        _ inputs: Inputs, started: Int64 = Timestamp.now(), _ canary: PreparedCanary?, ahead: Inputs? = nil
    ) async throws -> Led {
        // Before anything is opened: what lies in --out is more than a run that was given up while it read.
        if interrupts.isInterrupted { return .over(endedBeforeAnyResult()) }
        let output = OutputDirectory(path: configuration.outPath, forces: configuration.forces)
        if let finished = try output.finished(fingerprint(inputs), resumes: configuration.resumes) {
            try requireArtifacts(inputs.manifest)
            return .over(try showFinished(finished, inputs))
        }
        let replaces = try refuseOthersArtifacts(inputs.manifest)
        let masks = try inputMasks(inputs.manifest)
        let reporter = try ConsoleReporter(
            printer: printer, run: EvaluateCommand.absolute(configuration.outPath), logPath: configuration.logPath,
            metricsPath: configuration.metricsPath, place: place,
            showsNodes: configuration.fleet != nil || configuration.gpu != nil
        ) { [manifest = inputs.manifest] id in manifest.entry(of: id)?.image?.path }
        defer { reporter.flush() }
        let fleet = try FleetConnector(configuration: configuration, inputs: inputs) { [printer] in printer.say($0) }
        defer { fleet.stop() }
        // Now, not after hours of work.
        var made = try input("out", configuration.outPath).reading {
            guard configuration.isDryRun else { return try output.make() }
            try output.checkMakeable()
            return []
        }
        let ledger: Ledger
        let artifacts: ArtifactFiles?
        do {
            (ledger, artifacts) = try begin(inputs, masks, replaces: replaces, &made)
        } catch {
            output.removeEmpty(made)
            throw error
        }
        var plan = try plan(inputs, ledger, masks)
        var surroundings = try surroundings(inputs, fleet, artifacts, canary)
        if let ahead, configuration.fleet != nil, ahead.job.weights != inputs.job.weights {
            // Where it cannot be opened, the next run says so.
            surroundings.weightsAhead = try? FilePieces(path: ahead.weights.path)
            plan.weightsAhead = surroundings.weightsAhead.map { _ in ahead.job.weights }
        }
        let conductor = Conductor(
            plan: plan, manifest: inputs.manifest, ledger: consume ledger, surroundings: surroundings,
            reporter: reporter)
        interrupts.serve(interrupt: { conductor.interrupt() }, hangup: { conductor.reread() })
        let course = await course(of: conductor, started: started)
        interrupts.serveNobody()
        reporter.ended()
        let (ending, finished) = (course.ending, course.ledger)
        if case .refused(let reason) = ending, let key = fleet.keyPath, reason.contains(" key") {
            printer.say("the key here is \(key): every node needs a copy of it, mode 0600, there or as --key-file")
        }
        if configuration.isDryRun { return .over(showDryRun(course, inputs)) }
        if isNothing(ending, finished) {
            // Whatever it was that was in the way, the next command finds the directory as this one did.
            if finished.counts.done == 0 { try finished.journal.remove() }
            output.removeEmpty(made)
            reporter.finish(isValid: false)
            return .over(ending == .interrupted ? endedBeforeAnyResult() : explain(ending))
        }
        return .evaluated(Evaluated(inputs: inputs, course: course, artifacts: artifacts, reporter: reporter))
    }

    /// Writes and says what was found.
    func conclude(_ found: Evaluated) throws -> ExitStatus {
        defer { found.reporter.flush() }
        let course = found.course
        let status: ExitStatus
        do {
            status = try finish(
                course.ending, course.ledger, course.deliveries, found.inputs, facts(course.facts), found.artifacts,
                named: found.reporter.namedFailures)
        } catch {
            // What was found is in the journal, whatever of the files could not be written.
            if course.ledger.journal.isInPlace {
                for line in toGoOn() { printer.say(line) }
            }
            throw error
        }
        found.reporter.finish(isValid: status == .valid)
        try recordResult()
        return status
    }

    private func plan(_ inputs: Inputs, _ ledger: Ledger, _ masks: InputMasks?) throws -> RunPlan {
        let manifest = inputs.manifest
        var plan = RunPlan(job: inputs.job, sampleDigests: try inputs.samples.digests(completedBy: ledger)) {
            manifest.entries[$0].image != nil
        }
        plan.waitSeconds = configuration.fleet?.waitSeconds ?? 60
        plan.isDryRun = configuration.isDryRun
        plan.verifyEvery = configuration.verifyEvery
        plan.hasImages = manifest.hasImages
        plan.policy.largestLease = EvaluateCommand.largestLease(manifest, masks)
        return plan
    }

    private func surroundings(
        _ inputs: Inputs, _ fleet: FleetConnector, _ artifacts: ArtifactFiles?, _ canary: PreparedCanary?
    ) throws -> Conductor.Surroundings {
        var surroundings = Conductor.Surroundings(
            endpoints: fleet.endpoints, fleet: fleet.source,
            weights: try FilePieces(path: configuration.weightsPath), artifacts: artifacts
        ) { [manifest = inputs.manifest] in manifest.entries[$0].image }
        guard let canary else { return surroundings }
        surroundings.ownNumerics = { [printer] in
            do {
                return try canary.digest()
            } catch {
                printer.say(
                    "this machine cannot compute the canary itself: \(error); the first node's decides, and every "
                        + "other node's must be equal to it")
                return nil
            }
        }
        return surroundings
    }

    /// What is left of a run that is over.
    fileprivate struct Course: Sendable {
        let ending: RunEnding
        let ledger: Ledger
        let deliveries: Deliveries
        let facts: RunFacts
        let nodes: [NodeDescription]
    }

    private func course(of conductor: Conductor, started: Int64) async -> Course {
        let (ending, run) = await conductor.lead()
        var deliveries = run.ledger.deliveries
        if configuration.verifyEvery != nil {
            let (asked, done) = run.schedule.verifications
            deliveries.verification = .init(asked: asked, done: done)
        }
        return Course(
            ending: ending, ledger: run.ledger, deliveries: deliveries,
            facts: run.facts(started: started, ended: Timestamp.now()),
            nodes: run.members.keys.sorted().map { run.members[$0]!.description })
    }

    private func endedBeforeAnyResult() -> ExitStatus {
        printer.say("interrupted before the first result: nothing was written")
        return .invalid
    }

    /// The journal and the folders of pictures; what cannot be made leaves no journal behind that holds nothing.
    private func begin(
        _ inputs: Inputs, _ masks: InputMasks?, replaces: Bool, _ made: inout [String]
    ) throws -> (Ledger, ArtifactFiles?) {
        let began =
            configuration.resumes ? try Journal.peek(path: journalPath, isResult: Ledger.isEvaluated)?.fingerprint : nil
        let opened = try openLedger(inputs, masks)
        for line in opened.journal.recovery.lines(path: journalPath) { printer.say(line) }
        let ledger = try checkFiles(opened, inputs.manifest)
        if let began { noteData(ledger, inputs, began) }
        if ledger.counts.done > 0 { printer.say("\(ledger.counts.done) images have a result in the journal") }
        do {
            return (ledger, try prepareArtifacts(inputs, ledger, replaces: replaces, &made))
        } catch {
            if !configuration.isDryRun, ledger.counts.done == 0 { try? ledger.journal.remove() }
            throw error
        }
    }

    /// The images' masks in the input; nil where maps are not measured against any.
    private func inputMasks(_ manifest: Manifest) throws -> InputMasks? {
        guard let path = configuration.masksPath, configuration.options.pixelBins != nil else { return nil }
        return try input("masks", path).reading {
            try InputMasks(
                manifest, folder: path, preset: configuration.options.preset,
                inputSize: configuration.network.inputSize, threads: configuration.threads)
        }
    }

    /// A lease must fit into one frame, whatever its images' boxes and masks.
    static func largestLease(_ manifest: Manifest, _ masks: InputMasks?) -> Int {
        let entries = manifest.entries
        let most =
            entries.indices.lazy.map { place in
                LeasedImage(index: 0, entries[place], mask: masks?[place]).encodedBytes
            }.max() ?? 1
        return max(1, min(SchedulePolicy().largestLease, (Lease.maxEncodedBytes - 64) / most))
    }

    private func announce() {
        let network = configuration.network
        if let place { return announce(place) }
        var line = "stnet \(stnetVersion): \(network.name), input \(network.inputSize)x\(network.inputSize)"
        // A network that does not fit together is reported where its parts are read.
        if let bytes = try? network.activationBytes() {
            line += ", \(Progress.fixed(Double(bytes) / 1e6)) MB of activations for each picture of a batch"
        }
        printer.say(line)
        for (name, value) in configuration.resolvedDefaults {
            printer.say("  --\(name) \(value) (\(name == "preprocess" ? "auto" : "default"))")
        }
        for (name, value, path) in configuration.configured {
            printer.say("  --\(name)\(value.map { " " + $0 } ?? "") (\(path))")
        }
        if let path = configuration.moot.first?.path {
            printer.say(
                "  not taken from \(path), as the command line leaves them no effect: "
                    + configuration.moot.map { "--\($0.name)" }.joined(separator: ", "))
        }
        if !configuration.otherWeights.isEmpty {
            printer.say(
                "  not taken, though they are called after the network: "
                    + "\(configuration.otherWeights.joined(separator: ", "))")
        }
    }

    private func input(_ name: String, _ path: String) -> InputOption {
        InputOption(
            name: name, path: path, isDefault: configuration.resolvedDefaults.contains { $0.name == name })
    }

    func readInputs(_ manifests: ReadManifests? = nil) throws -> Inputs {
        try InputOption.requireAll(
            (lacksImages ? [] : [input("images", configuration.imagesPath)])
                + [
                    input("annotations", configuration.annotationsPath), input("weights", configuration.weightsPath),
                ] + (configuration.masksPath.map { [input("masks", $0)] } ?? [])
                + (configuration.idsPath.map { [input("ids", $0)] } ?? [])
                + (configuration.mapMetrics?.givenBy.map { [input("threshold-from", $0)] } ?? []))
        var maps = try configuration.mapMetrics.map(measurement)
        let classes = try classes()
        let (manifest, missing) =
            try manifests?.manifest(configuration, classes) { try readManifest(classes) } ?? readManifest(classes)
        if let given = maps?.given?.named(beside: manifest.digest) {
            maps!.given = given.thresholds
            if let note = given.note { printer.say("note: \(note)") }
        }
        let weights = try input("weights", configuration.weightsPath).reading {
            try WeightFile.open(path: configuration.weightsPath)
        }
        if let line = try weights.check(for: configuration.network) { printer.say(line) }
        let description = configuration.networkIsCustom ? configuration.network.json.compact : nil
        if let description, description.utf8.count > WireLimits.description {
            throw NetworkError.badDescription(
                source: "network \(configuration.network.name)",
                problem: "\(description.utf8.count) bytes, at most \(WireLimits.description) are accepted")
        }
        let samples = Samples(manifest)
        var hash = SHA256()
        hash.update(configuration.network.json.compact)
        let job = Job(
            network: configuration.network.name,
            networkDescription: description,
            weightsSHA256: weights.sha256(), weightsBytes: UInt64(weights.byteCount),
            // Nodes keep the file under this name's end, whatever it is called here: .pth.tar, .ckpt, .bin.
            weightsSuffix: weights.isSafetensors ? ".safetensors" : ".pth",
            options: configuration.options.texts, sampleIDs: samples.ids)
        return Inputs(
            manifest: manifest, missingImages: missing, weights: weights, job: job, samples: samples,
            networkDigest: hash.finalizeHex(), data: DataIdentity(manifest, samples), maps: maps)
    }

    private func measurement(_ metrics: EvaluateConfiguration.MapMetrics) throws -> MapMeasurement {
        let thresholds = MapThresholds(count: metrics.thresholds)
        let size = configuration.network.inputSize
        let given = try metrics.givenBy.map { path in
            try input("threshold-from", path).reading {
                try GivenThresholds(directory: path, thresholds: thresholds, inputSize: size)
            }
        }
        return MapMeasurement(
            inputSize: size, thresholds: thresholds, given: given, bins: configuration.options.pixelBins)
    }

    /// The classes of the annotations; throws where the network has fewer.
    private func classes() throws -> ClassIndex {
        var classes = try ClassIndex.of(configuration.network)
        classes.advice = " (a network's description names its own as \"classes\")"
        let outputs = try configuration.network.shapes().last!.channels
        guard outputs >= classes.count else {
            throw NetworkError.badDescription(
                source: "network \(configuration.network.name)",
                problem:
                    "\(outputs) outputs, but the annotations have \(classes.count) classes; name its own as \"classes\""
            )
        }
        return classes
    }

    private func readManifest(_ classes: ClassIndex) throws -> (Manifest, missing: Int) {
        let annotations = try input("annotations", configuration.annotationsPath).reading {
            try Annotations.load(
                path: configuration.annotationsPath, classes: classes, masks: configuration.masksPath)
        }
        let catalog = try input("images", configuration.imagesPath).reading { try scanImages() }
        let manifest = try input("ids", configuration.idsPath ?? "").reading {
            try Manifest(
                annotations: annotations, images: catalog ?? ImageCatalog([:]), idsPath: configuration.idsPath,
                limit: configuration.limit)
        }
        for entry in manifest.entries {
            if let problem = LeasedImage(index: 0, entry).wireProblem {
                throw DatasetError.field(
                    file: configuration.annotationsPath, line: nil, field: "image \(entry.id)", found: problem,
                    expected: "what one lease can carry")
            }
        }
        let (count, annotated) = (manifest.entries.count, manifest.annotatedCount)
        let part = count < annotated ? " of \(grouped(annotated)) annotated" : ""
        printer.say(
            "\(count) image\(count == 1 ? "" : "s") to evaluate\(part); digest of their ids, labels"
                + "\(manifest.hasMasks ? ", boxes and masks" : " and boxes"): \(manifest.digest.prefix(16))"
        )
        let others = manifest.imagesWithoutAnnotation
        if others > 0 {
            printer.say(
                "\(others) image file\(others == 1 ? " has" : "s have") no annotation and \(others == 1 ? "is" : "are") left out"
            )
        }
        for note in annotations.notes { printer.say("note: \(note)") }
        let missing = try catalog.map { try requireImages(manifest, $0) } ?? 0
        return (manifest, missing)
    }

    private func showDryRun(_ course: Course, _ inputs: Inputs) -> ExitStatus {
        let nodes = course.nodes
        let images = inputs.manifest.entries.count
        for (place, node) in nodes.enumerated() {
            let share: Int = images * (place + 1) / nodes.count - images * place / nodes.count
            let numerics = String(node.numerics.prefix(16))
            say("\(node.name): \(node.device), numerics \(numerics), about \(share) images".onOneLine)
        }
        say("dry run: \(images) images would be evaluated; nothing was")
        // What this machine lacks, a node with images of its own may have.
        let isAlone = nodes.allSatisfy { $0.images == nil }
        let lacksImages = inputs.missingImages > 0 && (configuration.fleet == nil || isAlone)
        if lacksImages { say("\(inputs.missingImages) of them are missing: the run would be INVALID") }
        switch course.ending {
        case .complete: return lacksImages ? .invalid : .valid
        case .interrupted: return .invalid
        default: return explain(course.ending)
        }
    }
}
