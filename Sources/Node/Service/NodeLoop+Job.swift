import Jobs
import Protocol

// The conversation with coordinators.

extension NodeLoop {
    func receive(_ message: CoordinatorMessage, from number: UInt64) {
        switch message {
        case .status: connections[number]!.link.send(.status(status))
        case .job(let job): begin(job, on: number)
        case .ping: break
        case .drain:
            if current?.connection == number {
                current!.isDraining = true
                finishJob()
            } else {
                connections[number]!.link.send(.goodbye)
                close(number)
            }
        case .lease(let lease):
            do throws(OutOfProtocol) {
                try accept(lease, from: number)
            } catch {
                fail(number, "out of protocol: \(error)")
            }
        case .cancel(let lease):
            guard current?.connection == number, current!.waiting?.lease.id == lease else { return }
            current!.waiting = nil
            current!.session.link.send(.leaseDone(lease))
            finishJob()
        case .image(let chunk):
            // Bytes may still be on their way to a job that is over.
            guard let current, current.connection == number else { return }
            do throws(OutOfProtocol) {
                guard let images = current.session.remoteImages else {
                    throw OutOfProtocol("bytes of image \(chunk.index), which was not asked for")
                }
                try images.accept(chunk)
            } catch {
                fail(number, "out of protocol: \(error)")
            }
        case .artifactsStored(let bytes):
            guard let current, current.connection == number else { return }
            do throws(OutOfProtocol) {
                try current.session.artifacts.stored(bytes: bytes)
            } catch {
                fail(number, "out of protocol: \(error)")
            }
        case .weights(let chunk):
            guard let current, current.connection == number else { return }
            do throws(OutOfProtocol) {
                try current.session.weights.accept(chunk)
            } catch {
                fail(number, "out of protocol: \(error)")
            }
        }
    }

    private var status: NodeStatus {
        let state: NodeStatus.State =
            if isLeaving { .leaving } else if let current {
                current.prepared == nil ? .preparing : .working
            } else { .idle }
        return NodeStatus(
            name: identity.name, device: resources.device, version: identity.version, state: state,
            evaluated: evaluated)
    }

    private func begin(_ job: Job, on number: UInt64) {
        let (link, peer) = (connections[number]!.link, connections[number]!.peer)
        guard !isLeaving else { return link.send(.refused(.init(.leaving, "the node is shutting down"))) }
        if let current {
            guard current.connection != number else { return fail(number, "out of protocol: a second job") }
            log("\(peer) is refused: busy with the job of \(current.peer)")
            return link.send(.refused(.init(.busy, "busy with the job of \(current.peer)")))
        }
        log("\(peer) has the node: network \(job.network), weights \(job.weightsSHA256.prefix(16))")
        let session = makeSession(job, link)
        current = Current(session: session, connection: number, peer: peer)
        worker.prepare(session)
    }

    func prepared(_ session: UInt64, _ result: Result<PreparedJob, JobRefused>) {
        guard let current, current.session.number == session else { return }
        switch result {
        case .success(let prepared):
            self.current!.prepared = prepared
            current.session.link.send(.ready(prepared.description))
            finishJob()
        case .failure(let refused):
            current.session.link.send(.refused(refused.refusal))
            endJob("its job was refused: \(refused.refusal.reason)")
        }
    }

    private func accept(_ lease: Lease, from number: UInt64) throws(OutOfProtocol) {
        guard let current, current.connection == number, let prepared = current.prepared else {
            throw OutOfProtocol("lease \(lease.id) without a job that is ready")
        }
        // It was on its way when this node said that it leaves: it is taken back with the one that waited.
        guard !isLeaving else { return }
        guard !current.isDraining else { throw OutOfProtocol("lease \(lease.id) after the last") }
        guard lease.images.count <= WireLimits.leaseImages else {
            throw OutOfProtocol("lease \(lease.id) of \(lease.images.count) images, at most 512 are accepted")
        }
        guard Set(lease.images.map(\.index)).count == lease.images.count else {
            throw OutOfProtocol("lease \(lease.id) names an image twice")
        }
        guard let running = current.running else { return run(lease, ahead: nil) }
        guard lease.id != running.id, lease.id != current.waiting?.lease.id else {
            throw OutOfProtocol("lease \(lease.id) twice")
        }
        if let waiting = current.waiting {
            throw OutOfProtocol("lease \(lease.id) while \(running.id) runs and \(waiting.lease.id) waits")
        }
        self.current!.waiting = (lease, prepared.evaluator.readAhead(lease.images))
    }

    private func run(_ lease: Lease, ahead: LeaseEvaluator.ReadAhead?) {
        current!.running = lease
        worker.run(lease, ahead: ahead, with: current!.prepared!.evaluator, for: current!.session)
    }

    func deliver(_ session: UInt64, _ lease: UInt64, _ results: [ImageResult]) {
        evaluated += UInt64(results.count)
        guard let current, current.session.number == session else { return }
        self.current!.evaluated += UInt64(results.count)
        current.session.link.send(.results(lease: lease, results))
    }

    func leaseEnded(_ session: UInt64, _ lease: UInt64, _ fault: String?) {
        guard let current, current.session.number == session else { return }
        if let fault { return fail(current.connection, fault) }
        current.session.link.send(.leaseDone(lease))
        self.current!.running = nil
        if let waiting = current.waiting {
            self.current!.waiting = nil
            run(waiting.lease, ahead: waiting.ahead)
        } else {
            finishJob()
        }
    }

    /// Says goodbye when the coordinator has no more leases and all are done.
    private func finishJob() {
        guard let current, current.isDraining, current.running == nil, current.waiting == nil else { return }
        current.session.link.send(.goodbye)
        close(current.connection)
        endJob("its work is done")
    }
}
