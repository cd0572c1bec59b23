import Bytes
import Foundation
import Jobs
import Protocol
import Testing

@testable import Node

/// Several nodes with one directory for the weights.
@Suite struct SharedCacheTests {
    private let small: SmallJob
    private let directory: String

    init() throws {
        small = try SmallJob(pictures: 1)
        directory = small.path("cache")
    }

    private func cache(
        patience: Double = 3600, lockCall: @escaping ReceptionLock.Call = ReceptionLock.system
    ) -> WeightsSource {
        .cache(WeightsCache(directory: directory, patienceSeconds: patience, lockCall: lockCall))
    }

    private var wish: NodeMessage { .wantWeights(offset: 0, bytes: UInt64(small.weightsBytes.count)) }

    private func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    private func send(to coordinator: TestCoordinator) throws {
        coordinator.send(.weights(WeightsChunk(offset: 0, bytes: small.weightsBytes)))
        guard case .ready = try coordinator.message() else { throw TestCoordinator.Silence() }
    }

    @Test func oneReceivesAndTheOthersUseIt() throws {
        let first = TestCoordinator(try Bench(small, weights: cache()))
        first.send(.job(small.job()))
        #expect(try first.message() == wish)
        let bench = try Bench(small, weights: cache())
        let second = TestCoordinator(bench)
        second.send(.job(small.job()))
        // It waits, and its heart beats.
        #expect(try second.status()?.state == .preparing)
        bench.pass(seconds: 1)
        #expect(try second.message() == .heartbeat(Heartbeat(running: nil, waiting: 0, evaluated: 0)))
        try send(to: first)
        guard case .ready = try second.message() else { throw TestCoordinator.Silence() }
        #expect(names() == ["\(small.weights.sha256()).safetensors"], "the lock goes with its holder")
    }

    @Test func whoWaitsIsFreeWhenItsCoordinatorGoes() throws {
        let first = TestCoordinator(try Bench(small, weights: cache()))
        first.send(.job(small.job()))
        #expect(try first.message() == wish)
        let bench = try Bench(small, weights: cache())
        let second = TestCoordinator(bench)
        second.send(.job(small.job()))
        #expect(try second.status()?.state == .preparing)
        second.close()
        while try second.message() != nil {}
        let third = TestCoordinator(bench)
        while try third.status()?.state != .idle {}
    }

    @Test func ifTheOneThatReceivesGoesAnotherOneAsks() throws {
        let first = TestCoordinator(try Bench(small, weights: cache()))
        first.send(.job(small.job()))
        #expect(try first.message() == wish)
        let second = TestCoordinator(try Bench(small, weights: cache()))
        second.send(.job(small.job()))
        #expect(try second.status()?.state == .preparing)
        first.close()
        #expect(try second.message() == wish)
        try send(to: second)
    }

    @Test func whoStandsStillIsNotWaitedFor() throws {
        let first = TestCoordinator(try Bench(small, weights: cache()))
        first.send(.job(small.job()))
        #expect(try first.message() == wish)
        let second = TestCoordinator(try Bench(small, weights: cache(patience: 0)))
        second.send(.job(small.job()))
        #expect(try second.message() == wish)
        try send(to: second)
        try send(to: first)
    }

    @Test(arguments: [ENOLCK, EOPNOTSUPP])
    func whereNothingCanBeLockedEachReceivesForItself(code: Int32) throws {
        let without: ReceptionLock.Call = { _ in
            errno = code
            return -1
        }
        let coordinators = try (0..<2).map { _ in
            TestCoordinator(try Bench(small, weights: cache(lockCall: without)))
        }
        for coordinator in coordinators {
            coordinator.send(.job(small.job()))
            #expect(try coordinator.message() == wish)
        }
        for coordinator in coordinators { try send(to: coordinator) }
    }

    @Test func whatAKilledNodeHadLockedIsFreeAndRemoved() throws {
        try makeDirectories(directory)
        let path = "\(directory)/\(small.weights.sha256()).safetensors.lock"
        try Data("123\n".utf8).write(to: URL(fileURLWithPath: path))
        var mine: ReceptionLock?
        if case .taken(let lock) = ReceptionLock.attempt(path) { mine = lock }
        try #require(mine).mark(received: 4711)
        WeightsCache(directory: directory).removeLeftovers()
        #expect(names().count == 1, "held just now")
        guard case .held(let sign) = ReceptionLock.attempt(path) else { throw TestCoordinator.Silence() }
        #expect(sign == Array("4711\n".utf8))
        mine = nil
        #expect(names().isEmpty)
        try Data().write(to: URL(fileURLWithPath: path))
        let other = directory + "/mine.lock"
        try Data().write(to: URL(fileURLWithPath: other))
        WeightsCache(directory: directory).removeLeftovers()
        #expect(names() == ["mine.lock"])
    }
}
