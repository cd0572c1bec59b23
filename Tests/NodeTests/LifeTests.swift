import Foundation
import Node
import Protocol
import SelectiveTuning
import Testing

/// Who has the node, for how long, and how it ends.
@Suite struct LifeTests {
    @Test func aSecondCoordinatorWaitsUntilTheFirstIsGone() throws {
        let bench = try Bench(SmallJob())
        let first = TestCoordinator(bench, peer: "first:1")
        try first.ready(bench.small.job())
        let second = TestCoordinator(bench, peer: "second:2")
        #expect(try second.refusal(of: bench.small.job()) == JobRefusal(.busy, "busy with the job of first:1"))
        bench.gate.close()
        first.send(.lease(bench.small.lease(1, 0..<7)))
        bench.gate.waitForDevice()
        first.close()
        #expect(try first.message() == nil)
        // The device is still at the first one's batch: the second has the node already, and waits for the device.
        second.send(.job(bench.small.job()))
        #expect(try second.status()?.state == .preparing)
        bench.gate.open()
        guard case .ready = try second.message() else { throw TestCoordinator.Silence() }
        // Of seven images only the batch that ran was evaluated.
        #expect(try second.status()?.evaluated == 2)
        second.send(.lease(bench.small.lease(1, 0..<2)))
        #expect(try second.results(of: 1) == bench.small.expected(0..<2))
    }

    @Test func onlyALeaseThatWaitsIsCancelled() throws {
        let bench = try Bench(SmallJob())
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        bench.gate.close()
        coordinator.send(.lease(bench.small.lease(1, 0..<3)), .lease(bench.small.lease(2, 3..<5)))
        bench.gate.waitForDevice()
        coordinator.send(.cancel(lease: 1), .cancel(lease: 9), .cancel(lease: 2))
        #expect(try coordinator.message() == .leaseDone(2))
        coordinator.send(.lease(bench.small.lease(3, 5..<6)))
        bench.gate.open()
        #expect(try coordinator.results(of: 1).map(\.index) == [0, 1, 2])
        #expect(try coordinator.results(of: 3).map(\.index) == [5])
    }

    @Test func leavingFinishesTheRunningLeaseOnly() throws {
        let bench = try Bench(SmallJob())
        let coordinator = TestCoordinator(bench)
        let idle = TestCoordinator(bench, peer: "idle:2")
        try coordinator.ready(bench.small.job())
        bench.gate.close()
        coordinator.send(.lease(bench.small.lease(1, 0..<3)), .lease(bench.small.lease(2, 3..<5)))
        bench.gate.waitForDevice()
        #expect(try coordinator.status()?.state == .working)
        #expect(try idle.status()?.state == .working)
        bench.service.drain(graceSeconds: 30)
        guard case .leaving = try coordinator.message() else { throw TestCoordinator.Silence() }
        guard case .leaving = try idle.message() else { throw TestCoordinator.Silence() }
        #expect(try idle.status()?.state == .leaving)
        #expect(try idle.refusal(of: bench.small.job()).code == .leaving)
        // On its way when the node said that it leaves.
        coordinator.send(.lease(bench.small.lease(3, 5..<6)))
        #expect(try coordinator.status()?.state == .leaving)
        bench.gate.open()
        #expect(try coordinator.results(of: 1).count == 3)
        #expect(try coordinator.message() == .goodbye)
        #expect(try coordinator.message() == nil)
        #expect(try idle.message() == .goodbye)
        bench.service.waitUntilStopped()
        // Nobody is let in any more.
        #expect(try TestCoordinator(bench).message() == nil)
    }

    @Test func leavingWithoutAJobEndsAtOnce() throws {
        let bench = try Bench(SmallJob(pictures: 1))
        bench.service.drain(graceSeconds: 30)
        bench.service.waitUntilStopped()
        #expect(bench.service.isStopped)
    }

    @Test func theGracePeriodEnds() throws {
        let bench = try Bench(SmallJob())
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        bench.gate.close()
        coordinator.send(.lease(bench.small.lease(1, 0..<3)))
        bench.gate.waitForDevice()
        bench.service.drain(graceSeconds: 5)
        guard case .leaving = try coordinator.message() else { throw TestCoordinator.Silence() }
        bench.pass(seconds: 4)
        #expect(try coordinator.status()?.state == .leaving)
        bench.pass(seconds: 1)
        var last: NodeMessage?
        while let message = try coordinator.message() { last = message }
        #expect(last == .goodbye)
        bench.service.waitUntilStopped()
    }

    @Test func aDeviceThatFailsEndsTheNode() throws {
        let failure = NetworkError.deviceFailed(device: "GPU 3", problem: "cuLaunchKernel: it is on fire")
        // The canary has two batches.
        let bench = try Bench(SmallJob(), fault: { $0 == 4 ? failure : nil })
        let coordinator = TestCoordinator(bench)
        let idle = TestCoordinator(bench, peer: "idle:2")
        try coordinator.ready(bench.small.job())
        coordinator.send(.lease(bench.small.lease(1, 0..<4)))
        guard case .results(_, let results) = try coordinator.message() else { throw TestCoordinator.Silence() }
        #expect(results.count == 2)
        #expect(try coordinator.message() == .failed(reason: "GPU 3 failed: cuLaunchKernel: it is on fire"))
        #expect(try coordinator.message() == nil)
        guard case .leaving = try idle.message() else { throw TestCoordinator.Silence() }
        bench.service.waitUntilStopped()
        #expect(bench.service.deviceFailure == "\(failure)")
    }

    @Test func aDeviceThatFailsWhileAJobIsPreparedEndsTheNodeToo() throws {
        let failure = NetworkError.deviceFailed(device: "GPU 3", problem: "cuMemAlloc: gone")
        let bench = try Bench(SmallJob(), fault: { _ in failure })
        let coordinator = TestCoordinator(bench)
        #expect(
            try coordinator.refusal(of: bench.small.job()) == JobRefusal(.device, "GPU 3 failed: cuMemAlloc: gone"))
        bench.service.waitUntilStopped()
        #expect(bench.service.deviceFailure == "\(failure)")
    }

    @Test func stoppingWaitsForNobody() throws {
        let bench = try Bench(SmallJob())
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        bench.gate.close()
        coordinator.send(.lease(bench.small.lease(1, 0..<3)))
        bench.gate.waitForDevice()
        bench.service.stopNow()
        bench.service.waitUntilStopped()
        #expect(try coordinator.message() == nil)
    }

    @Test func theHeartBeatsWhileTheDeviceIsBusy() throws {
        let bench = try Bench(SmallJob())
        let coordinator = TestCoordinator(bench)
        bench.gate.close()
        coordinator.send(.job(bench.small.job()))
        bench.gate.waitForDevice()  // at the canary
        bench.pass(seconds: 1)
        #expect(try coordinator.message() == .heartbeat(Heartbeat(running: nil, waiting: 0, evaluated: 0)))
        bench.gate.open()
        guard case .ready = try coordinator.message() else { throw TestCoordinator.Silence() }
        bench.gate.close()
        coordinator.send(.lease(bench.small.lease(8, 0..<3)), .lease(bench.small.lease(9, 3..<5)))
        bench.gate.waitForDevice()
        _ = try coordinator.status()
        bench.pass(seconds: 1)
        #expect(try coordinator.message() == .heartbeat(Heartbeat(running: 8, waiting: 1, evaluated: 0)))
    }

    @Test func aCoordinatorThatSaysNothingIsGoneAfterThirtySeconds() throws {
        let bench = try Bench(SmallJob(pictures: 1))
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        bench.pass(seconds: 29)
        coordinator.send(.ping)
        var beats = 0
        #expect(try coordinator.status { _ in beats += 1 }?.state == .working)
        #expect(beats == 29)
        // This process stood still for an hour: nobody could have been heard.
        bench.clock.advance(3_600_000)
        bench.service.tick()
        #expect(try coordinator.status()?.state == .working)
        bench.pass(seconds: 30)
        var last: NodeMessage?
        while let message = try coordinator.message() { last = message }
        guard case .heartbeat = last else { throw TestCoordinator.Unexpected(message: last) }
        #expect(try TestCoordinator(bench).status()?.state == .idle)
    }

    enum Misdeed: String, CaseIterable {
        case thirdLease, sameLease, imageTwice, tooManyImages, noJob, secondJob, afterDrain, image, weights
    }

    @Test(arguments: Misdeed.allCases)
    func whatTheProtocolDoesNotAllowEndsTheConnection(misdeed: Misdeed) throws {
        let bench = try Bench(SmallJob())
        let coordinator = TestCoordinator(bench)
        let small = bench.small
        if misdeed != .noJob {
            try coordinator.ready(small.job())
            bench.gate.close()
            coordinator.send(.lease(small.lease(1, 0..<2)))
            bench.gate.waitForDevice()
        }
        var doubled = small.lease(2, 0..<2)
        doubled.images[1].index = 0
        switch misdeed {
        case .thirdLease: coordinator.send(.lease(small.lease(2, 2..<3)), .lease(small.lease(3, 3..<4)))
        case .sameLease: coordinator.send(.lease(small.lease(1, 2..<3)))
        case .imageTwice: coordinator.send(.lease(doubled))
        case .tooManyImages: coordinator.send(.lease(small.lease(2, 0..<WireLimits.leaseImages + 1)))
        case .noJob: coordinator.send(.lease(small.lease(1, 0..<1)))
        case .secondJob: coordinator.send(.job(small.job()))
        case .afterDrain: coordinator.send(.drain, .lease(small.lease(2, 0..<1)))
        case .image: coordinator.send(.image(ImageChunk(index: 0, totalBytes: 1, offset: 0, bytes: [1])))
        case .weights: coordinator.send(.weights(WeightsChunk(offset: 0, bytes: [1])))
        }
        guard case .failed(let reason) = try coordinator.message() else { throw TestCoordinator.Silence() }
        #expect(reason.hasPrefix("out of protocol: "), "\(reason)")
        #expect(try coordinator.message() == nil)
        bench.gate.open()
        try TestCoordinator(bench).ready(small.job())
    }
}
