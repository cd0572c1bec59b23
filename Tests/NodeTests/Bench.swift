import Foundation
import Node
import Protocol
import SelectiveTuning

/// A node with its small job, whose clock and whose device the test holds.
final class Bench: Sendable {
    let small: SmallJob
    let clock = TestClock()
    let gate = Gate()
    let service: NodeService

    /// With batches of two pictures.
    init(
        _ small: SmallJob, images: ImageSource? = nil, weights: WeightsSource? = nil,
        fault: @escaping @Sendable (Int) -> NetworkError? = { _ in nil }
    ) throws {
        self.small = small
        let pool = try ThreadPool(threads: 1)
        let resources = NodeResources(
            images: try images ?? .files(ImageIndex(root: small.path("images"))),
            weights: weights ?? .file(small.weights, sha256: small.weights.sha256()), pool: pool, device: "test"
        ) { [gate] network, weights, precision, _ in
            gate.countBackend()
            return GatedBackend(
                inner: try CPUBackend(network: network, source: weights, pool: pool, batch: 2, precision: precision),
                gate: gate,
                fault: fault)
        }
        service = NodeService(
            identity: NodeIdentity(name: "host/test", instance: 77, version: "9.9"), resources: resources,
            clock: { [clock] in clock.now }, tickMilliseconds: nil)
    }

    deinit {
        gate.open()
        service.stopNow()
    }

    /// Time passes in steps in which the event loop ticks.
    func pass(seconds: Int) {
        for _ in 0..<seconds {
            clock.advance(1000)
            service.tick()
        }
    }
}

final class TestClock: @unchecked Sendable {
    private let lock = NSLock()
    private var value: UInt64 = 1_000_000

    var now: UInt64 { lock.withLock { value } }
    func advance(_ milliseconds: UInt64) { lock.withLock { value += milliseconds } }
}

/// A device that stops before each batch while the gate is closed.
final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var isOpen = true
    private var waiting = 0
    private var passed = 0
    private var made = 0

    func close() { condition.withLock { isOpen = false } }

    func open() {
        condition.withLock {
            isOpen = true
            condition.broadcast()
        }
    }

    func countBackend() { condition.withLock { made += 1 } }
    var backendsMade: Int { condition.withLock { made } }

    /// Waits until the device stands before the closed gate.
    func waitForDevice() {
        condition.withLock {
            while waiting == 0 { condition.wait() }
        }
    }

    /// Gives the call's number, from 1.
    func enter() -> Int {
        condition.withLock {
            waiting += 1
            condition.broadcast()
            while !isOpen { condition.wait() }
            waiting -= 1
            passed += 1
            return passed
        }
    }
}

struct GatedBackend: Backend {
    let inner: CPUBackend
    let gate: Gate
    /// What a call throws, by its number.
    let fault: @Sendable (Int) -> NetworkError?
    var leavesHostFree = false

    var network: Network { inner.network }
    var device: String { inner.device }
    var batchCapacity: Int { inner.batchCapacity }
    var precision: Precision { inner.precision }

    func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision)
        throws(NetworkError) -> [Finding]
    {
        if let error = fault(gate.enter()) { throw error }
        return try inner.evaluate(pictures, options: options, precision: precision)
    }
}
