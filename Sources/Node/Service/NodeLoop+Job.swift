import Jobs
import Protocol

// The conversation with coordinators.

extension NodeLoop {
    mutating func receive(_ message: CoordinatorMessage, from number: UInt64) {
        // Bytes may still be on their way to a job that is over: nobody takes them.
        let session = current?.connection == number ? current!.session : nil
        switch message {
        case .status: send(number, .status(status))
        case .job(let job): begin(job, on: number)
        case .ping: break
        case .drain:
            if session != nil {
                current!.isDraining = true
                finishJob()
            } else {
                send(number, .goodbye)
                close(number)
            }
        case .lease(let lease):
            do throws(OutOfProtocol) {
                try accept(lease, from: number)
            } catch {
                fail(number, "out of protocol: \(error)")
            }
        case .cancel(let lease):
            guard let session, current!.waiting?.id == lease else { return }
            dropWaiting(session)
            send(number, .leaseDone(lease))
            finishJob()
        case .image(let chunk): if let session { act(.takeImage(session: session, chunk)) }
        case .weights(let chunk): if let session { act(.takeWeights(session: session, chunk)) }
        case .weightsAhead(let file):
            guard let session else { return }
            guard current!.isPrepared, !current!.fetchesAhead else {
                return fail(
                    number, "out of protocol: the next job's weights \(current!.isPrepared ? "twice" : "too early")")
            }
            current!.fetchesAhead = true
            act(.fetchAhead(session: session, file))
        case .artifactsStored(let bytes): if let session { act(.takeStored(session: session, bytes: bytes)) }
        }
    }

    private var status: NodeStatus {
        let state: NodeStatus.State =
            if isLeaving { .leaving } else if isStuck { .stuck } else if let current {
                current.isPrepared ? .working : .preparing
            } else { abandoned.isEmpty ? .idle : .working }
        return NodeStatus(
            name: identity.name, device: device, version: identity.version, state: state, evaluated: evaluated,
            note: deviceNote ?? lossNote ?? "")
    }

    private mutating func begin(_ job: Job, on number: UInt64) {
        let peer = connections[number]!.peer
        guard !isLeaving else { return send(number, .refused(.init(.leaving, "the node is shutting down"))) }
        if let current, current.connection == number { return fail(number, "out of protocol: a second job") }
        if let reason = current.map({ "busy with the job of \($0.peer)" }) ?? deviceHeld {
            log("\(peer) is refused: \(reason)")
            return send(number, .refused(.init(.busy, reason)))
        }
        log("\(peer) has the node: network \(job.network), weights \(job.weightsSHA256.prefix(16))")
        sessions += 1
        current = Current(session: sessions, connection: number, peer: peer)
        act(.prepare(session: sessions, job, connection: number))
    }

    mutating func prepared(_ session: UInt64, _ result: Result<NodeDescription, JobRefused>) {
        guard let current, current.session == session, !current.isPrepared else {
            return deviceCameBack(from: session)
        }
        self.current!.isPrepared = true
        switch result {
        case .success(let description):
            send(current.connection, .ready(description))
            finishJob()
        case .failure(let refused):
            send(current.connection, .refused(refused.refusal))
            endJob("its job was refused: \(refused.refusal.reason)")
        }
    }

    private mutating func accept(_ lease: Lease, from number: UInt64) throws(OutOfProtocol) {
        guard let current, current.connection == number, current.isPrepared else {
            throw OutOfProtocol("lease \(lease.id) without a job that is ready")
        }
        // It was on its way when this node said that it leaves: it is taken back with the one that waited.
        guard !isLeaving else { return }
        guard !current.isDraining else { throw OutOfProtocol("lease \(lease.id) after the last") }
        guard lease.images.count <= WireLimits.leaseImages else {
            throw OutOfProtocol(
                "lease \(lease.id) of \(lease.images.count) images, at most \(WireLimits.leaseImages) are accepted")
        }
        guard Set(lease.images.map(\.index)).count == lease.images.count else {
            throw OutOfProtocol("lease \(lease.id) names an image twice")
        }
        guard let running = current.running else { return run(lease) }
        guard lease.id != running.id, lease.id != current.waiting?.id else {
            throw OutOfProtocol("lease \(lease.id) twice")
        }
        if let waiting = current.waiting {
            throw OutOfProtocol("lease \(lease.id) while \(running.id) runs and \(waiting.id) waits")
        }
        self.current!.waiting = lease
        act(.readAhead(session: current.session, lease))
    }

    private mutating func run(_ lease: Lease) {
        current!.running = lease
        act(.run(session: current!.session, lease))
    }

    /// The lease that waits goes back to the coordinator, which is told in another way.
    mutating func dropWaiting(_ session: UInt64) {
        guard let waiting = current?.waiting else { return }
        current!.waiting = nil
        act(.dropWaiting(session: session, lease: waiting.id))
    }

    mutating func deliver(_ session: UInt64, _ lease: UInt64, _ results: [ImageResult]) {
        evaluated &+= UInt64(results.count)
        guard let current, current.session == session else { return }
        self.current!.evaluated &+= UInt64(results.count)
        for message in NodeMessage.results(lease: lease, cutting: results) { send(current.connection, message) }
    }

    mutating func leaseEnded(_ session: UInt64, _ lease: UInt64, _ fault: DeviceFault?) {
        guard let current, current.session == session, current.running?.id == lease else {
            return deviceCameBack(from: session)
        }
        self.current!.running = nil
        if let fault {
            let reason = fault.reason + (fault.isFinal ? "" : "; the node stays, and begins the next job anew")
            return fail(current.connection, reason)
        }
        send(current.connection, .leaseDone(lease))
        if let waiting = current.waiting {
            self.current!.waiting = nil
            run(waiting)
        } else {
            finishJob()
        }
    }

    /// Says goodbye when the coordinator has no more leases and all are done.
    private mutating func finishJob() {
        guard let current, current.isDraining, current.running == nil, current.waiting == nil else { return }
        send(current.connection, .goodbye)
        close(current.connection)
        endJob("its work is done")
    }
}
