import Bytes
import Protocol

/// One coordinator's job on this node, from its `job` to the end of its link: the part that several threads share.
final class JobSession: Sendable {
    let number: UInt64
    let job: Job
    let link: any Link<NodeMessage>
    /// Nil where this node has images of its own.
    let remoteImages: RemoteImages?
    let weights: WeightsReception
    let artifacts: ArtifactSender
    private let stopFlag = StopFlag()
    private let prepared = Prepared()

    init(number: UInt64, job: Job, link: any Link<NodeMessage>, images: ImageSource) {
        self.number = number
        self.job = job
        self.link = link
        weights = WeightsReception(total: job.weightsBytes) { link.send(.wantWeights(offset: $0, bytes: $1)) }
        artifacts = ArtifactSender { link.send($0) }
        switch images {
        case .files: remoteImages = nil
        case .remote: remoteImages = RemoteImages { link.send(.wantImage(index: $0)) }
        }
    }

    /// What the job's leases are evaluated with, once it is prepared.
    var evaluator: LeaseEvaluator? {
        get { prepared.evaluator }
        set { prepared.evaluator = newValue }
    }

    /// The device leaves the rest of the lease at the next batch; whoever waits for bytes goes on.
    func stop() {
        stopFlag.set()
        weights.close()
        remoteImages?.close()
        artifacts.close()
    }

    var isStopped: Bool { stopFlag.isSet }
}

/// Set once, seen by every thread.
private final class StopFlag: @unchecked Sendable {
    private let lock = Lock()
    private var value = false

    func set() { lock.withLock { value = true } }
    var isSet: Bool { lock.withLock { value } }
}

/// Made on the device's thread, used there and on the event loop's.
private final class Prepared: @unchecked Sendable {
    private let lock = Lock()
    private var value: LeaseEvaluator?

    var evaluator: LeaseEvaluator? {
        get { lock.withLock { value } }
        set { lock.withLock { value = newValue } }
    }
}
