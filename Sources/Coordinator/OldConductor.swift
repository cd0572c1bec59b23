import Foundation
import Node
import Protocol

/// Leads a run: gives leases to nodes, merges what comes back, and says how far it is.
///
/// Each node has at most two leases outstanding, one that runs and one that waits, so that it never idles.
public actor OldConductor {
    public private(set) var merge: Merge
    /// The nodes that took part.
    public private(set) var nodes: [NodeDescription] = []
    private let job: Job
    private let leaseSize: Int
    private let progress: ProgressPrinter
    private let interrupts: Interrupts
    private var start: ContinuousClock.Instant?

    public init(merge: Merge, job: Job, leaseSize: Int, progress: ProgressPrinter, interrupts: Interrupts) {
        self.merge = merge
        self.job = job
        self.leaseSize = leaseSize
        self.progress = progress
        self.interrupts = interrupts
    }

    /// A node that cannot go on: what it said.
    public enum Failure: Error, CustomStringConvertible, Sendable {
        case refused(String)
        case failed(String)
        case closed
        case outOfProtocol(String)

        public var description: String {
            switch self {
            case .refused(let reason): reason
            case .failed(let reason): "the node failed: \(reason)"
            case .closed: "the node closed the connection before its work was done"
            case .outOfProtocol(let what): "the node sent \(what)"
            }
        }
    }

    /// Works with one node until nothing is left to lease or an interrupt came. Its leases go back if it fails.
    public func drive(_ link: some AsyncLink<CoordinatorMessage, NodeMessage>) async throws {
        defer { link.close() }
        try await link.send(.job(job))
        guard let answer = try await link.receive() else { throw Failure.closed }
        switch answer {
        case .ready(let description): nodes.append(description)
        case .refused(let refusal): throw Failure.refused(refusal.reason)
        case .failed(let reason): throw Failure.failed(reason)
        default: throw Failure.outOfProtocol("no answer to the job")
        }
        var outstanding: Set<UInt64> = []
        defer { for lease in outstanding { merge.finish(lease: lease) } }
        if start == nil { start = .now }
        try await fill(&outstanding, link)
        while !outstanding.isEmpty {
            guard let message = try await link.receive() else { throw Failure.closed }
            switch message {
            case .results(let lease, let results):
                guard outstanding.contains(lease) else { throw Failure.outOfProtocol("results of lease \(lease)") }
                for result in results { try merge.accept(result) }
                showProgress()
            case .leaseDone(let lease):
                guard outstanding.remove(lease) != nil else { throw Failure.outOfProtocol("the end of lease \(lease)") }
                merge.finish(lease: lease)
                try await fill(&outstanding, link)
            case .failed(let reason): throw Failure.failed(reason)
            case .ready, .refused, .goodbye, .heartbeat, .leaving, .status, .wantImage, .wantWeights:
                throw Failure.outOfProtocol("an answer that nobody asked for")
            }
        }
        try await link.send(.drain)
        while let message = try await link.receive() {
            if case .goodbye = message { break }
        }
    }

    private func fill(_ outstanding: inout Set<UInt64>, _ link: some AsyncLink<CoordinatorMessage, NodeMessage>)
        async throws
    {
        while outstanding.count < 2, !interrupts.isInterrupted, let lease = merge.lease(size: leaseSize) {
            outstanding.insert(lease.id)
            try await link.send(.lease(lease))
        }
    }

    private func showProgress() {
        let elapsed = start.map { ContinuousClock.now - $0 } ?? .zero
        let total = merge.records.count
        progress.show(
            Progress(
                done: total - merge.schedule.remaining, total: total, failed: merge.failed,
                elapsedSeconds: elapsed / .seconds(1)))
    }
}
