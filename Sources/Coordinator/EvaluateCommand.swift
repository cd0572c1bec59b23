import Bytes
import Dataset
import Evaluation
import Foundation
import Node
import Options
import Protocol
import SelectiveTuning

/// `stnet-coord` without a subcommand: evaluates on an embedded node and leaves the results in a directory.
public struct EvaluateCommand: Sendable {
    private let configuration: EvaluateConfiguration
    private let printer: ProgressPrinter
    private let interrupts: Interrupts
    private let say: @Sendable (String) -> Void

    /// `say` prints results to standard output; `printer` shows progress.
    public init(
        configuration: EvaluateConfiguration, printer: ProgressPrinter? = nil, interrupts: Interrupts = Interrupts(),
        say: @escaping @Sendable (String) -> Void = { print($0) }
    ) {
        self.configuration = configuration
        self.printer = printer ?? ProgressPrinter(style: configuration.progress)
        self.interrupts = interrupts
        self.say = say
    }

    /// Runs to the end. Throws what is wrong with the input; a failed image is no error but an invalid run.
    public func run() async throws -> ExitStatus {
        announce()
        let manifest = try readManifest()
        let weights = try WeightFile.open(path: configuration.weightsPath)
        let job = Job(
            network: configuration.network.name,
            networkDescription: configuration.networkIsCustom ? configuration.network.json.compact : nil,
            weightsSHA256: weights.sha256(), options: configuration.options.texts)
        let merge = Merge(
            manifest: manifest, options: configuration.options, inputSize: configuration.network.inputSize)
        let conductor = Conductor(
            merge: merge, job: job, leaseSize: EvaluateCommand.leaseSize, progress: printer, interrupts: interrupts)
        if configuration.isDryRun {
            let (_, description) = try prepare(job, manifest: manifest, weights: weights)
            say("\(description.device): numerics \(description.numerics.prefix(16))")
            say("dry run: \(manifest.entries.count) images would be evaluated; nothing was")
            return .valid
        }
        // Now, not after hours of work.
        try RunOutput.makeDirectory(configuration.outPath)
        let fault = await evaluate(job, conductor, manifest, weights)
        return try await finish(conductor, manifest: manifest, job: job, fault: fault)
    }

    /// Images a lease: a few batches, so that the node never waits for the next one.
    private static let leaseSize = 64

    private func announce() {
        let network = configuration.network
        printer.say("stnet \(stnetVersion): \(network.name), input \(network.inputSize)x\(network.inputSize)")
        for (name, value) in configuration.resolvedDefaults { printer.say("  --\(name) \(value) (default)") }
    }

    private func readManifest() throws -> Manifest {
        let classes = configuration.network.classNames.map { ClassIndex(names: $0) } ?? .ilsvrc2012
        let outputs = try configuration.network.shapes().last!.channels
        guard outputs >= classes.count else {
            throw NetworkError.badDescription(
                source: "network \(configuration.network.name)",
                problem:
                    "\(outputs) outputs, but the annotations have \(classes.count) classes; name its own as \"classes\""
            )
        }
        let annotations = try Annotations.load(path: configuration.annotationsPath, classes: classes)
        let images = try ImageDirectory.scan(path: configuration.imagesPath)
        let manifest = try Manifest(
            annotations: annotations, images: images, idsPath: configuration.idsPath, limit: configuration.limit)
        printer.say("\(manifest.entries.count) images to evaluate, \(manifest.digest.prefix(16)) is their digest")
        if manifest.imagesWithoutAnnotation > 0 {
            printer.say("\(manifest.imagesWithoutAnnotation) image files have no annotation and are left out")
        }
        return manifest
    }

    private func prepare(_ job: Job, manifest: Manifest, weights: WeightFile) throws -> (
        LeaseEvaluator, NodeDescription
    ) {
        let pool = try ThreadPool(threads: configuration.threads)
        let backend = try CPUBackend(
            network: configuration.network, source: weights, pool: pool, batch: configuration.batch)
        weights.releasePages()
        let paths = Dictionary(
            uniqueKeysWithValues: manifest.entries.compactMap { entry in entry.imagePath.map { (entry.id, $0) } })
        let options = try JobOptions(job.options)
        let evaluator = LeaseEvaluator(backend: backend, images: paths, options: options, pool: pool)
        let numerics = try Canary.digest(of: backend, options: options.localization)
        return (evaluator, NodeDescription(name: "embedded", device: backend.device, numerics: numerics))
    }

    /// Drives the embedded node; gives back what stopped it, if anything did.
    private func evaluate(_ job: Job, _ conductor: Conductor, _ manifest: Manifest, _ weights: WeightFile) async
        -> (any Error)?
    {
        let (coordinatorEnd, nodeEnd) = AsyncMemoryLink<CoordinatorMessage, NodeMessage>.pair()
        let session = NodeSession(link: nodeEnd) { job in try prepare(job, manifest: manifest, weights: weights) }
        async let node: Void = session.run()
        var fault: (any Error)?
        do {
            try await conductor.drive(coordinatorEnd)
        } catch {
            fault = error
        }
        do {
            try await node
        } catch {
            fault = fault ?? error
        }
        return fault
    }

    private func finish(_ conductor: Conductor, manifest: Manifest, job: Job, fault: (any Error)?) async throws
        -> ExitStatus
    {
        let merge = await conductor.merge
        let nodes = await conductor.nodes
        let records = merge.records.compactMap { $0 }
        if let fault, nodes.isEmpty { throw fault }  // the node never started: nothing to report but why
        var reasons: [String] = []
        if let fault { reasons.append("\(fault)") }
        if interrupts.isInterrupted, !merge.schedule.isComplete { reasons.append("the run was interrupted") }
        let networkDigest = digest(of: configuration.network)
        let run = RunOutput.Run(
            network: configuration.network.name, expected: manifest.entries.map(\.id), records: records,
            groundTruth: merge.groundTruth.compactMap { $0 }, convention: configuration.options.iou,
            protocolBlock: protocolBlock(job, manifest, networkDigest),
            deliveries: Deliveries(
                attempts: records.count + merge.duplicates, duplicates: merge.duplicates, compared: merge.duplicates,
                disagreeing: merge.disagreeing,
                numericsClasses: Dictionary(nodes.map { ($0.numerics, 1) }, uniquingKeysWith: +)),
            digests: [
                .init(name: "network", sha256: networkDigest), .init(name: "weights", sha256: job.weightsSHA256),
                .init(name: "manifest", sha256: manifest.digest),
            ], otherReasons: reasons)
        let written = try RunOutput.write(run, to: configuration.outPath)
        say("")
        say(written.table.plain)
        for failure in written.certificate.failed.prefix(20) { say("failed: \(failure.id): \(failure.error)") }
        if written.certificate.failed.count > 20 { say("failed: and \(written.certificate.failed.count - 20) more") }
        say("\(RunOutput.imagesName) has SHA-256 \(written.imagesSHA256)")
        for path in written.paths { say("  \(path)") }
        return written.certificate.isValid ? .valid : .invalid
    }

    private func digest(of network: Network) -> String {
        var hash = SHA256()
        hash.update(network.json.compact)
        return hash.finalizeHex()
    }

    private func protocolBlock(_ job: Job, _ manifest: Manifest, _ networkDigest: String) -> JSON {
        let options = JobOptions.names.map { name in (name, JSON.string(job.options[name] ?? "")) }
        return .object([
            ("method", .string("stnet")), ("network", .string(job.network)), ("network_sha256", .string(networkDigest)),
            ("weights_sha256", .string(job.weightsSHA256)), ("manifest_sha256", .string(manifest.digest)),
            ("input_size", .int(configuration.network.inputSize)), ("options", .object(options)),
            (
                "resolved_defaults",
                .object(
                    configuration.resolvedDefaults.filter { $0.name != "threads" }.map { ($0.name, .string($0.value)) })
            ), ("version", .string(stnetVersion)),
        ])
    }
}
