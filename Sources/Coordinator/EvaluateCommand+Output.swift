import Bytes
import Dataset
import Evaluation
import Jobs
import Options
import Protocol
import SelectiveTuning

extension EvaluateCommand {
    /// In the output directory; removed when the run is complete and valid.
    static let journalName = "journal.stnet"
    var journalPath: String { "\(configuration.outPath)/\(EvaluateCommand.journalName)" }

    /// What another run must have in common with this one to go on with its results, or to have the same.
    func fingerprint(_ inputs: Inputs) -> JournalFingerprint {
        var fingerprint = JournalFingerprint([
            "version": stnetVersion, "network": inputs.job.network, "network_sha256": inputs.networkDigest,
            "weights_sha256": inputs.job.weightsSHA256, "manifest_sha256": inputs.manifest.digest,
            "images": "\(inputs.manifest.entries.count)",
        ])
        for name in JobOptions.names { fingerprint.append("option." + name, inputs.job.options[name] ?? "") }
        if let maps = inputs.maps {
            fingerprint.append("option.thresholds", "\(maps.thresholds.taus.count)")
            fingerprint.append("option.threshold-from", maps.given?.summarySHA256 ?? "")
        }
        for (name, value) in inputs.data?.fields ?? [] { fingerprint.append(name, value) }
        return fingerprint
    }

    /// The journal of this run: a new one, or that of an earlier part of the same run.
    func openLedger(_ inputs: Inputs, _ masks: InputMasks?) throws -> Ledger {
        let fingerprint = fingerprint(inputs)
        let classes = try configuration.network.shapes().last!.channels
        let limits = try ResultLimits(configuration.network)
        if configuration.isDryRun {
            let journal = try Journal.open(storage: InMemoryStorage(), fingerprint: fingerprint) { _ in }
            return Ledger(
                manifest: inputs.manifest, options: configuration.options, inputSize: configuration.network.inputSize,
                classes: classes, limits: limits, masks: masks, journal: journal)
        }
        return try Ledger.open(
            path: journalPath, fingerprint: fingerprint,
            opening: configuration.forces ? .replacing : configuration.resumes ? .existingOrNew : .new,
            manifest: inputs.manifest, options: configuration.options, inputSize: configuration.network.inputSize,
            classes: classes, limits: limits, masks: masks)
    }

    /// Whether a run came to an end before it had anything to write: less than a finished result that it was to replace.
    func isNothing(_ ending: RunEnding, _ ledger: Ledger) -> Bool {
        switch ending {
        case .unreachable, .refused, .jobRefused, .deviceRefused, .otherNumerics: true
        // A partial result of nothing says less than whatever an earlier run left.
        case .interrupted: ledger.counts.done == 0
        case .weightsUnreadable: ledger.counts.done == 0
        case .complete, .tooFewNodes, .journalFailed, .artifactFailed: false
        }
    }

    /// Says how a run without a result ended, on standard error.
    func explain(_ ending: RunEnding) -> ExitStatus {
        switch ending {
        case .complete, .interrupted: return .invalid
        case .tooFewNodes(let reason):
            tell("too few nodes are left: \(reason)")
            return .tooFewNodes
        case .unreachable(let reason):
            tell("no node could take part: \(reason)")
            return .noNodeReachable
        case .refused(let reason):
            tell("refused: \(reason.replacing(": refused: ", with: ": "))")
            return .refused
        case .jobRefused(let reason):
            if configuration.fleet == nil {
                // Of the one node in this process: there, what a node calls its weights is this file.
                let here = reason.trimmingPrefix("embedded: ")
                tell(here.hasPrefix("weights: ") ? configuration.weightsPath + here.dropFirst(7) : String(here))
            } else {
                tell("no node can do this job: \(reason)")
            }
            return .badData
        case .deviceRefused(let reason):
            if configuration.fleet == nil {
                tell(String(reason.trimmingPrefix("embedded: ")))
                return .badData
            }
            tell("no node has a device that can do this job: \(reason)")
            return .noNodeReachable
        case .otherNumerics(let reason):
            tell(reason)
            return .badData
        case .weightsUnreadable(let reason):
            tell("\(reason): the journal holds what is done: --resume once the file is there again")
            return .badData
        case .journalFailed(let reason):
            tell(
                "the journal cannot be written: \(reason): once that is mended, --resume goes on with what it holds")
            return .invalid
        case .artifactFailed(let reason):
            tell("\(reason): the journal holds what is done: make room and --resume")
            return .invalid
        }
    }

    private func tell(_ reason: String) {
        printer.say(reason)
        onEnding?(reason)
    }

    /// How to go on; of a run of a sweep, the sweep says it.
    func toGoOn() -> [String] {
        place == nil ? ["to go on: the same command with --resume --out \(configuration.outPath)"] : []
    }

    /// Writes what the ledger holds, also of a part of a run, marked INVALID then. `named`: images of which it was said
    /// already that they failed, and why.
    func finish(
        _ ending: RunEnding, _ ledger: Ledger, _ deliveries: Deliveries, _ inputs: Inputs, _ facts: RunFacts,
        _ artifacts: ArtifactFiles?, named: Set<String>
    ) throws -> ExitStatus {
        var reasons: [String] = []
        switch ending {
        case .complete: break
        case .interrupted: reasons.append("the run was interrupted")
        case .tooFewNodes(let reason): reasons.append("too few nodes were left: \(reason)")
        case .unreachable, .refused, .jobRefused, .deviceRefused, .otherNumerics, .weightsUnreadable, .journalFailed,
            .artifactFailed:
            return explain(ending)
        }
        if let missing = artifacts?.missing(inputs.manifest, isEvaluated: ledger.isEvaluated) {
            reasons.append(
                "\(missing.count) evaluated images lack their pictures or maps, the first is \(missing.first)")
        }
        let filesProblem = try filesProblem(ledger, inputs.manifest)
        if let filesProblem { reasons.append(filesProblem) }
        if keepsFinished(ending) {
            if case .tooFewNodes = ending { return explain(ending) }
            return .invalid
        }
        let run = RunOutput.Content(
            network: configuration.network.name,
            title: RunTitle.text(
                network: configuration.network.name, preset: configuration.preset, options: configuration.options,
                maps: inputs.maps, ownMapReadOut: ownMapReadOut, images: inputs.manifest.entries.count,
                annotated: inputs.manifest.annotatedCount),
            images: LedgerImages(ledger), convention: configuration.options.iou,
            protocolBlock: namingWeights(protocolBlock(inputs), inputs), deliveries: deliveries,
            digests: [
                .init(name: "network", sha256: inputs.networkDigest),
                .init(name: "weights", sha256: inputs.job.weightsSHA256),
                .init(name: "manifest", sha256: inputs.manifest.digest),
            ], precision: configuration.options.precision.rawValue, otherReasons: reasons,
            annotated: inputs.manifest.annotatedCount,
            fingerprint: fingerprint(inputs).fields.map { ($0.name, $0.value) }, measuredMaps: inputs.maps)
        let written = try RunOutput.write(run, to: configuration.outPath)
        let files = written.certificate.digests.first { $0.name == RunOutput.filesDigestName }
        try ledger.finish(filesDigest: files?.sha256 ?? "")
        say("")
        say(written.table.plain(width: TerminalSize.ofStandardOutput.columns))
        let failures = FailureLines(
            written.certificate, named: named,
            certificatePath: "\(configuration.outPath)/\(RunOutput.certificateName)"
        ) { inputs.manifest.entry(of: $0)?.image?.path }
        for line in failures.lines { say(line) }
        // Scripts look for this line; on a terminal a digest that is broken cannot be copied.
        let columns = isatty(STDOUT_FILENO) == 1 ? TerminalSize.ofStandardOutput.columns : Int.max
        for line in "\(RunOutput.imagesName) has SHA-256 \(written.imagesSHA256)".wrapped(width: columns, indent: "  ")
        {
            say(line)
        }
        let report = ReportFiles(
            directory: configuration.outPath, manifest: inputs.manifest, preset: configuration.options.preset,
            inputSize: configuration.network.inputSize,
            classes: try .of(configuration.network), facts: facts,
            maps: ReportMapFiles(
                directory: configuration.outPath, mode: configuration.options.artifacts.mode,
                mapsPath: configuration.mapsPath))
        let pictures = artifacts?.paths.map { $0 + "/" } ?? []
        let reports = try report.write(run, written)
        for path in written.paths + reports.dropLast() + pictures { say("  \(path)") }
        if !written.certificate.isValid, !ledger.journal.isInPlace {
            say("\(journalPath) was removed or replaced while the run went on: --resume cannot go on with its results")
        } else if ending != .complete {
            for line in toGoOn() { say(line) }
        }
        if case .tooFewNodes = ending {
            say(ReportFiles.closing(reports))
            return explain(ending)
        }
        if written.certificate.isValid {
            try ledger.journal.remove()
        } else if ending == .complete, ledger.journal.isInPlace {
            say(remedy(written.certificate, filesDiffer: filesProblem != nil))
        }
        say(ReportFiles.closing(reports))
        return written.certificate.isValid ? .valid : .invalid
    }

    /// With where the data lay, for a report that is made again.
    func facts(_ course: RunFacts) -> RunFacts {
        var facts = course
        facts.imagesPath = EvaluateCommand.absolute(configuration.imagesPath)
        facts.annotationsPath = EvaluateCommand.absolute(configuration.annotationsPath)
        facts.masksPath = configuration.masksPath.map(EvaluateCommand.absolute)
        facts.mapsPath = configuration.mapsPath.map(EvaluateCommand.absolute)
        facts.classes = ownClasses
        return facts
    }

    /// Nil where they are ILSVRC-2012's.
    private var ownClasses: [String]? {
        guard let classes = try? ClassIndex.of(configuration.network) else { return nil }
        let names = (0..<classes.count).map(classes.name)
        let isUsual = configuration.network.classNames == nil && classes.count == ClassIndex.ilsvrc2012.count
        return isUsual ? nil : names
    }

    /// The run's directory may be read from elsewhere.
    package static func absolute(_ path: String) -> String { absolutePath(path) }

    /// Where maps are read out unless something else was asked for.
    private var ownMapReadOut: String? {
        configuration.options.localization.method == .stnet
            ? try? configuration.network.ownReadOut() : Network.image
    }

    /// What was asked for of the maps; nothing where they are not measured.
    private func mapProtocol(_ maps: MapMeasurement?) -> [(String, JSON)] {
        guard let maps else { return [] }
        let count: [(String, JSON)] = [("map_thresholds", .int(maps.thresholds.taus.count))]
        guard let given = maps.given else { return count }
        return count + [
            (
                "map_thresholds_from",
                .object([("title", .string(given.title)), ("summary_sha256", .string(given.summarySHA256))])
            )
        ]
    }

    private func protocolBlock(_ inputs: Inputs) -> JSON {
        let options = JobOptions.names.compactMap { name in
            inputs.job.options[name].map { (name, JSON.string($0)) }
        }
        return .object(
            [
                ("method", .string(configuration.options.localization.method.rawValue)),
                ("preset", configuration.preset.map { .string($0.rawValue) } ?? .null),
                ("network", .string(inputs.job.network)),
                ("network_sha256", .string(inputs.networkDigest)),
                ("weights_sha256", .string(inputs.job.weightsSHA256)),
                ("manifest_sha256", .string(inputs.manifest.digest)),
                ("input_size", .int(configuration.network.inputSize)),
                ("activation_bytes_per_picture", .int((try? configuration.network.activationBytes()) ?? 0)),
                ("options", .object(options)),
            ] + mapProtocol(inputs.maps) + [
                (
                    "resolved_defaults",
                    .object(
                        configuration.resolvedDefaults.filter { $0.name != "threads" }.map {
                            ($0.name, .string($0.value))
                        })
                ), ("from_configuration", .object(configured)), ("version", .string(stnetVersion)),
            ])
    }

    /// What a configuration file gave, as far as it belongs to what was asked for.
    private var configured: [(String, JSON)] {
        let others: Set<String> = [
            "preset", "images", "annotations", "network", "weights", "ids", "limit", "thresholds",
        ]
        return configuration.configured.filter { others.contains($0.name) || JobOptions.names.contains($0.name) }.map {
            ($0.name, .string($0.value ?? "true"))
        }
    }
}
