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
    /// Of the next job's weights, once they were offered.
    private let ahead = Box<WeightsReception>()
    private let stopFlag = StopFlag()
    private let prepared = Box<LeaseEvaluator>()

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
        get { prepared.value }
        set { prepared.value = newValue }
    }

    /// The device leaves the rest of the lease at the next batch; whoever waits for bytes goes on.
    func stop() {
        stopFlag.set()
        weights.close()
        ahead.value?.close()
        remoteImages?.close()
        artifacts.close()
    }

    var isStopped: Bool { stopFlag.isSet }

    /// Begins to take the next job's weights. All of the job's own have come: what comes now are these.
    func receiveAhead(_ file: WeightsFile) -> WeightsReception {
        let reception = WeightsReception(total: file.bytes) { [link] in link.send(.wantWeights(offset: $0, bytes: $1)) }
        ahead.value = reception
        if isStopped { reception.close() }
        return reception
    }

    /// Whose bytes arrive.
    var reception: WeightsReception { ahead.value ?? weights }
}

/// Set once, seen by every thread.
private final class StopFlag: @unchecked Sendable {
    private let lock = Lock()
    private var value = false

    func set() { lock.withLock { value = true } }
    var isSet: Bool { lock.withLock { value } }
}

/// Made on one thread, used on others.
private final class Box<Value: Sendable>: @unchecked Sendable {
    private let lock = Lock()
    private var held: Value?

    var value: Value? {
        get { lock.withLock { held } }
        set { lock.withLock { held = newValue } }
    }
}
