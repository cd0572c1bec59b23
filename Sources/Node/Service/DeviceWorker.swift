import Bytes
import Dispatch
import Jobs
import Protocol
import SelectiveTuning

/// The thread of the device, or of several that are one backend: prepares jobs and evaluates leases, one after the other. What it has prepared it keeps, so that
/// the next coordinator with the same network and weights need not wait.
final class DeviceWorker: @unchecked Sendable {
    let identity: NodeIdentity
    let resources: NodeResources
    private let post: @Sendable (NodeEvent) -> Void
    private let queue = DispatchQueue(label: "stnet.device")
    // Used on `queue` only.
    private var loaded: Loaded?

    /// A backend, and the canaries that were seen on it.
    struct Loaded {
        let network: String
        let networkDescription: String?
        let weightsSHA256: String
        let precision: Precision
        let backend: any Backend
        var canaries: [JobOptions: String] = [:]

        func fits(_ job: Job, _ precision: Precision) -> Bool {
            precision == self.precision && network == job.network && networkDescription == job.networkDescription
                && weightsSHA256 == job.weightsSHA256
        }
    }

    init(identity: NodeIdentity, resources: NodeResources, post: @escaping @Sendable (NodeEvent) -> Void) {
        self.identity = identity
        self.resources = resources
        self.post = post
    }

    /// Posts `prepared`, or `preparationLeft` if the session ends before that.
    func prepare(_ session: JobSession) {
        queue.async { [self] in
            do {
                guard !session.isStopped, let description = try prepareNow(session) else {
                    return post(.preparationLeft(session: session.number))
                }
                post(.prepared(session: session.number, .success(description)))
            } catch let refused as JobRefused {
                session.weights.close()
                post(.prepared(session: session.number, .failure(refused)))
            } catch {
                session.weights.close()
                post(.prepared(session: session.number, .failure(JobRefused(.device, "\(error)"))))
                endIfDeviceFailed(error)
            }
        }
    }

    /// For a session that is prepared: sends the files of each batch, posts its `results`, and in the end `leaseEnded`; of a lease
    /// with a mask that is none a `breach` before that, and no result.
    func run(_ lease: Lease, ahead: LeaseEvaluator.ReadAhead?, for session: JobSession) {
        queue.async { [self] in
            var fault: (any Error)?
            do {
                try session.evaluator?.checkMasks(of: lease.images)
                try session.evaluator?.evaluate(
                    lease.images, ahead: ahead, isStopped: { session.isStopped },
                    keep: { session.artifacts.send($0, lease: lease.id) }
                ) {
                    post(.results(session: session.number, lease: lease.id, $0))
                }
            } catch let breach as OutOfProtocol {
                post(.breach(session: session.number, "lease \(lease.id): \(breach)"))
            } catch {
                fault = error
                loaded = nil  // the next job begins with a fresh one
            }
            let isFinal = fault.map(isDeviceFailure) ?? false
            post(
                .leaseEnded(
                    session: session.number, lease: lease.id,
                    fault: fault.map { DeviceFault(reason: "\($0)", isFinal: isFinal) }))
            if let fault { endIfDeviceFailed(fault) }
        }
    }

    /// What a process cannot get over ends the node, so that whoever started it can start another one.
    private func endIfDeviceFailed(_ error: any Error) {
        if isDeviceFailure(error) { post(.deviceFailed(reason: "\(error)")) }
    }

    private func isDeviceFailure(_ error: any Error) -> Bool {
        if let error = error as? NetworkError, case .deviceFailed = error { true } else { false }
    }

    /// Nil when the session is over before that.
    private func prepareNow(_ session: JobSession) throws -> NodeDescription? {
        let recipe = try JobRecipe(session.job)
        if loaded?.fits(session.job, recipe.options.precision) != true {
            loaded = nil  // its memory is needed
            guard let weights = try weights(for: session) else { return nil }
            loaded = Loaded(
                network: session.job.network, networkDescription: session.job.networkDescription,
                weightsSHA256: session.job.weightsSHA256, precision: recipe.options.precision,
                backend: try backend(recipe, weights))
            weights.releasePages()
        }
        let backend = loaded!.backend
        let numerics: String
        if let known = loaded!.canaries[recipe.options.ofResults] {
            numerics = known
        } else {
            numerics = try canary(of: backend, recipe.options)
            loaded!.canaries[recipe.options.ofResults] = numerics
        }
        guard !session.isStopped else { return nil }
        let (reader, samples) = images(for: session)
        session.evaluator = LeaseEvaluator(
            backend: backend, images: reader, options: recipe.options, pool: resources.pool,
            renderer: ArtifactRenderer(network: backend.network, options: recipe.options),
            measurer: try MapMeasurer(
                network: backend.network, options: recipe.options, threads: resources.pool.threads),
            maps: try MapMaker(network: backend.network, options: recipe.options), cache: resources.inputs)
        return NodeDescription(
            name: identity.name, instance: identity.instance, device: backend.device, deviceIDs: resources.deviceIDs,
            version: identity.version, numerics: numerics, batch: UInt32(clamping: backend.batchCapacity),
            images: resources.images.count.map { UInt32(clamping: $0) }, samples: samples)
    }

    private func weights(for session: JobSession) throws -> WeightFile? {
        let job = session.job
        switch resources.weights {
        case .file(let file, let sha256):
            guard sha256 == job.weightsSHA256 else {
                throw JobRefused(.weights, "the weights here have SHA-256 \(sha256), the job's \(job.weightsSHA256)")
            }
            return file
        case .cache(let cache):
            try JobRecipe.check(job.weights)
            let found =
                try cache.find(job.weights)
                ?? cache.receive(job.weights, from: session.weights)
            guard let path = found else { return nil }
            return try JobRecipe.refusing(path) { try WeightFile.open(path: path) }
        }
    }

    /// Has the weights of a job that may follow lie here when it comes; on a thread of its own, for the device is at work. `say` gets
    /// what came of it: the next job does not depend on it.
    func fetchAhead(_ file: WeightsFile, from reception: WeightsReception, say: @escaping @Sendable (String) -> Void) {
        guard case .cache(let cache) = resources.weights else { return }
        WorkerThread.start("stnet.ahead") {
            do throws(JobRefused) {
                try JobRecipe.check(file)
                if cache.find(file) != nil { return }
                guard try cache.receive(file, from: reception) != nil else { return }
                say("the next job's weights are here: \(file.sha256.prefix(16))")
            } catch {
                say("the next job's weights cannot be fetched ahead: \(error.refusal.reason)")
            }
        }
    }

    private func backend(_ recipe: JobRecipe, _ weights: WeightFile) throws -> any Backend {
        try JobRecipe.refusing(weights.path) {
            try resources.makeBackend(recipe.network, weights, recipe.options.precision) { [post, resources] loss in
                // Of the last one the error itself says so.
                guard loss.left > 0 else { return }
                let left = "\(loss.left) of \(loss.of) GPUs \(loss.left == 1 ? "is" : "are") left"
                let reason =
                    loss.isFinal
                    ? "\(loss.error); this process uses it no more, \(left)"
                    : "GPU \(loss.number) is left out of this job, \(left): \(loss.error)"
                post(.deviceLost(DeviceLoss(reason: reason, isFinal: loss.isFinal, device: resources.device)))
            }
        }
    }

    private func canary(of backend: any Backend, _ options: JobOptions) throws -> String {
        do {
            return try Canary.agreedDigest(of: backend, options: options)
        } catch let difference as UnequalDevices {
            throw JobRefused(.device, "\(difference)")
        }
    }

    private func images(for session: JobSession) -> (any ImageReader, samples: [String]) {
        switch resources.images {
        case .remote: return (session.remoteImages!, [])
        case .files(let index):
            var samples = index.digests(of: session.job.sampleIDs)
            if samples.contains("") {
                // Files may have come since the start; what was known stays when the root cannot be read.
                try? index.rescan()
                samples = index.digests(of: session.job.sampleIDs)
            }
            return (index, samples)
        }
    }
}
