import Protocol
import Testing

@testable import Node

/// The node's decisions as a value: without threads, links or a clock.
@Suite struct NodeLoopTests {
    @Test func aLeaseGoesItsWay() {
        var node = NodeInHand()
        #expect(
            node.begin(1) == [
                .log("a:1 has the node: network n, weights 00"), .prepare(session: 1, job, connection: 1),
            ])
        #expect(node.handle(.prepared(session: 1, .success(description))) == [.send(1, .ready(description))])
        let (first, second) = (lease(5, 0..<3), lease(6, 3..<5))
        #expect(node.handle(.message(1, .lease(first))) == [.run(session: 1, first)])
        #expect(node.handle(.message(1, .lease(second))) == [.readAhead(session: 1, second)])
        let results = [ImageResult(index: 0, outcome: .failed(ImageFailure(.content, "x")))]
        #expect(
            node.handle(.results(session: 1, lease: 5, results)) == [.send(1, .results(lease: 5, results))])
        #expect(
            node.handle(.leaseEnded(session: 1, lease: 5, fault: nil))
                == [.send(1, .leaseDone(5)), .run(session: 1, second)])
        #expect(node.handle(.message(1, .drain)) == [])
        #expect(
            node.handle(.leaseEnded(session: 1, lease: 6, fault: nil))
                == [
                    .send(1, .leaseDone(6)), .send(1, .goodbye), .close(1), .stopSession(1),
                    .log("a:1 has left: its work is done; 1 images evaluated for it"),
                ])
        #expect(node.handle(.closed(1, .local)) == [])
    }

    @Test func aCancelledLeaseIsNotKept() {
        var node = NodeInHand()
        node.work(1)
        _ = node.handle(.message(1, .lease(lease(2, 1..<2))))
        #expect(node.handle(.message(1, .cancel(lease: 1))) == [])
        #expect(
            node.handle(.message(1, .cancel(lease: 2)))
                == [.dropWaiting(session: 1, lease: 2), .send(1, .leaseDone(2))])
        #expect(node.handle(.leaseEnded(session: 1, lease: 1, fault: nil)) == [.send(1, .leaseDone(1))])
    }

    @Test func aFaultEndsTheSessionAndNotTheNode() {
        var node = NodeInHand()
        node.work(1)
        let actions = node.handle(.leaseEnded(session: 1, lease: 1, fault: DeviceFault(reason: "no memory")))
        #expect(
            actions.prefix(3) == [
                .send(1, .failed(reason: "no memory; the node stays, and begins the next job anew")), .close(1),
                .stopSession(1),
            ])
        #expect(!node.loop.isLeaving && node.loop.abandoned.isEmpty)
        #expect(node.begin(2).contains(.prepare(session: 2, job, connection: 2)))
    }

    /// A probe is told of a device that failed; one that is only left out of a job is none of its business.
    @Test func aDeviceThatIsLostIsSaidAndTheNodeGoesOn() {
        var node = NodeInHand()
        node.work(1)
        func status() -> NodeStatus? {
            _ = node.handle(.message(1, .status))
            if case .status(let status)? = node.sent.last { return status }
            return nil
        }
        let short = DeviceLoss(reason: "GPU 2 is left out of this job", isFinal: false, device: "GPUs 0 to 2")
        #expect(node.handle(.deviceLost(short)) == [.warn("GPU 2 is left out of this job")])
        #expect(status()?.device == "cpu" && status()?.note == "")
        let lost = DeviceLoss(reason: "GPU 1 failed: worn", isFinal: true, device: "GPUs 0 and 2")
        #expect(node.handle(.deviceLost(lost)) == [.warn("GPU 1 failed: worn")])
        #expect(status()?.device == "GPUs 0 and 2" && status()?.note == "GPU 1 failed: worn")
        #expect(status()?.state == .working && !node.loop.isLeaving)
        #expect(node.handle(.leaseEnded(session: 1, lease: 1, fault: nil)) == [.send(1, .leaseDone(1))])
    }

    /// Each holds its network's description: whoever begins and leaves jobs without end is not served for ever.
    @Test func jobsThatWaitForTheDeviceAreFew() {
        var node = NodeInHand()
        for number in 1...UInt64(NodeLoop.mostAbandoned) {
            #expect(node.begin(number).contains(.prepare(session: number, job, connection: number)))
            _ = node.handle(.closed(number, .remote))
        }
        _ = node.begin(100)
        guard case .refused(let refusal)? = node.sent.last else {
            Issue.record("\(String(describing: node.sent.last))")
            return
        }
        #expect(refusal.code == .busy && refusal.reason.contains("the device has not come back"))
        _ = node.handle(.preparationLeft(session: 1))
        #expect(node.begin(101).contains(.prepare(session: 9, job, connection: 101)))
    }

    @Test func aDeviceThatFailedForGoodEndsTheNode() {
        var node = NodeInHand()
        node.work(1)
        let fault = DeviceFault(reason: "GPU 0 failed", isFinal: true)
        #expect(
            node.handle(.leaseEnded(session: 1, lease: 1, fault: fault))[0] == .send(1, .failed(reason: "GPU 0 failed"))
        )
        _ = node.handle(.deviceFailed(reason: "GPU 0 failed"))
        #expect(node.loop.isLeaving && !node.loop.isStopped)
        _ = node.handle(.closed(1, .local))
        #expect(node.loop.isStopped && node.loop.deviceFailure == "GPU 0 failed")
        #expect(node.handle(.connected(3, peer: "late")) == [], "nothing is decided after the end")
    }

    @Test func whatIsNotInTheProtocolEndsTheConnection() {
        for event: NodeEvent in [
            .message(1, .lease(lease(1, 5..<6))), .message(1, .lease(lease(2, 0..<UInt32(WireLimits.leaseImages + 1)))),
            .message(1, .job(job)),
            .message(1, .lease(Lease(id: 4, images: lease(0, 1..<2).images + lease(0, 1..<2).images))),
            .breach(session: 1, "bytes that nobody asked for"),
        ] {
            var node = NodeInHand()
            node.work(1)
            let actions = node.handle(event)
            guard case .send(1, .failed(let reason)) = actions.first else {
                Issue.record("\(event): \(actions)")
                continue
            }
            #expect(reason.hasPrefix("out of protocol: "))
            #expect(actions.dropFirst().prefix(2) == [.close(1), .stopSession(1)])
        }
        var node = NodeInHand()
        node.work(1)
        #expect(node.handle(.breach(session: 9, "late bytes")) == [], "of a session that is over")
    }

    @Test func nothingIsHandledOfAConnectionThatIsBeingClosed() {
        var node = NodeInHand()
        node.work(1)
        _ = node.handle(.message(1, .lease(lease(1, 5..<6))))
        #expect(node.handle(.message(1, .lease(lease(7, 5..<6)))) == [])
        #expect(node.handle(.message(44, .status)) == [], "nor of one that never was")
    }

    // A device that is still at work for somebody who has left.

    @Test func theNextJobWaitsForTheDeviceForTenSeconds() {
        var node = NodeInHand()
        node.work(1)
        _ = node.handle(.closed(1, .remote))
        #expect(node.begin(2).contains(.prepare(session: 2, job, connection: 2)))
        node.sent = []
        node.pass(9)
        #expect(node.sent.allSatisfy { if case .heartbeat = $0 { true } else { false } })
        _ = node.handle(.leaseEnded(session: 1, lease: 1, fault: nil))
        #expect(node.handle(.prepared(session: 2, .success(description))) == [.send(2, .ready(description))])
        node.pass(60)
        #expect(node.loop.deviceFailure == nil)
    }

    @Test func aJobIsRefusedAsBusyWhileTheDeviceDoesNotComeBack() {
        var node = NodeInHand()
        node.work(1)
        _ = node.handle(.closed(1, .remote))
        _ = node.begin(2)
        node.pass(10)
        let reason = "the device has not come back from the job of a:1, which ended 10 s ago"
        #expect(node.sent.last == .refused(JobRefusal(.busy, reason)))
        #expect(node.begin(3).contains(.send(3, .refused(JobRefusal(.busy, reason)))))
        // What waited behind it is over too; then the node is as it was.
        #expect(
            node.handle(.leaseEnded(session: 1, lease: 1, fault: nil)) == [
                .log("the device has come back from the job of a:1 after 10 s")
            ])
        _ = node.handle(.preparationLeft(session: 2))
        #expect(node.handle(.message(3, .job(job))).contains(.prepare(session: 3, job, connection: 3)))
    }

    @Test func aDeviceThatNeverComesBackEndsTheNode() {
        var node = NodeInHand()
        _ = node.begin(1)
        _ = node.handle(.closed(1, .lost("reset")))
        node.pass(599)
        #expect(node.loop.deviceFailure == nil)
        node.pass(1)
        #expect(node.loop.deviceFailure?.contains("has not come back from the job of a:1") == true)
        node.pass(6)
        #expect(node.loop.isStopped)
    }

    @Test func aProcessThatStoodStillBlamesNobody() {
        var node = NodeInHand()
        node.work(1)
        _ = node.handle(.closed(1, .remote))
        node.now += 3_600_000
        #expect(node.handle(.tick) == [])
        #expect(node.loop.deviceFailure == nil && node.loop.abandoned.count == 1)
    }

    @Test func noNumberFromOutsideTraps() {
        var node = NodeInHand()
        node.work(1)
        _ = node.handle(.drain(graceMilliseconds: .max))
        node.now = .max - 10_000
        _ = node.handle(.tick)
        #expect(!node.loop.isStopped)
        // A clock that went back.
        #expect(node.loop.handle(.tick, at: 0) == [])
    }
}

private let job = Job(network: "n", networkDescription: nil, weightsSHA256: "00", options: [:])
private let description = NodeDescription(name: "h/cpu", device: "cpu", numerics: "1")

private func lease(_ id: UInt64, _ images: Range<UInt32>) -> Lease {
    Lease(id: id, images: images.map { LeasedImage(index: $0, id: "i\($0)", label: 0, boxes: []) })
}

/// A loop with its clock.
private struct NodeInHand {
    var loop = NodeLoop(identity: NodeIdentity(name: "h/cpu", instance: 1, version: "1"), device: "cpu", at: 1000)
    var now: UInt64 = 1000
    /// Messages that went out.
    var sent: [NodeMessage] = []

    mutating func handle(_ event: NodeEvent) -> [NodeAction] {
        let actions = loop.handle(event, at: now)
        for case .send(_, let message) in actions { sent.append(message) }
        return actions
    }

    /// A coordinator comes with its job.
    mutating func begin(_ connection: UInt64) -> [NodeAction] {
        _ = handle(.connected(connection, peer: "a:\(connection)"))
        return handle(.message(connection, .job(job)))
    }

    /// A coordinator's first lease, of one image, runs.
    mutating func work(_ connection: UInt64) {
        _ = begin(connection)
        _ = handle(.prepared(session: loop.sessions, .success(description)))
        _ = handle(.message(connection, .lease(lease(1, 0..<1))))
    }

    /// The other end says something each second.
    mutating func pass(_ seconds: Int) {
        for _ in 0..<seconds {
            now += 1000
            for number in loop.openConnections { _ = handle(.message(number, .ping)) }
            _ = handle(.tick)
        }
    }
}
