import Foundation
import Protocol
import SelectiveTuning

/// A node's side of the conversation: takes the job, prepares once, then serves leases until it is drained.
///
/// The next lease waits in the link while one runs. Evaluation happens on a thread of its own and never on the
/// cooperative pool, whose threads must not block.
public struct NodeSession<Connection: AsyncLink<NodeMessage, CoordinatorMessage>>: Sendable {
    /// Makes what evaluates a job's leases, and describes this node; throws why the job cannot be done here.
    public typealias Preparation = @Sendable (Job) throws -> (LeaseEvaluator, NodeDescription)

    private let link: Connection
    private let prepare: Preparation
    private let device = DispatchQueue(label: "stnet.device")

    public init(link: Connection, prepare: @escaping Preparation) {
        self.link = link
        self.prepare = prepare
    }

    /// Runs until the coordinator drains or leaves.
    public func run() async throws {
        defer { link.close() }
        var evaluator: LeaseEvaluator?
        while let message = try await link.receive() {
            switch message {
            case .job(let job):
                do {
                    let (made, description) = try await onDevice { try prepare(job) }
                    evaluator = made
                    try await link.send(.ready(description))
                } catch {
                    try await link.send(.refused(.init(.job, "\(error)")))
                    return
                }
            case .lease(let lease):
                guard let evaluator else {
                    try await link.send(.failed(reason: "a lease came before its job"))
                    return
                }
                do {
                    try await serve(lease, evaluator)
                } catch {
                    try await link.send(.failed(reason: "\(error)"))
                    return
                }
            case .cancel, .ping, .status, .image, .weights: break
            case .drain:
                try await link.send(.goodbye)
                return
            }
        }
    }

    private func serve(_ lease: Lease, _ evaluator: LeaseEvaluator) async throws {
        let (results, continuation) = AsyncThrowingStream<[ImageResult], any Error>.makeStream()
        device.async {
            do {
                try evaluator.evaluate(lease.images) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        for try await batch in results { try await link.send(.results(lease: lease.id, batch)) }
        try await link.send(.leaseDone(lease.id))
    }

    private func onDevice<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            device.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
