import Bytes
import Dispatch
import Protocol

/// The place of work of a device, or of several as one: takes a coordinator's job, prepares it, and evaluates its leases.
///
/// One thread handles all events (`NodeLoop` decides, `NodeDriver` does it) and never evaluates; another one drives the
/// device. Any number of connections are told how the node is; one of them at a time has it for its job, and as soon as
/// that one is gone the next may come.
///
/// Works until `drain` or `stopNow`, or until its device fails for good: a service that nobody holds any more does not end by itself.
public final class NodeService: Sendable {
    private let mailbox = Mailbox<NodeDriver.Input>()
    private let doorway = Doorway()
    private let clock: @Sendable () -> UInt64

    /// `clock` counts milliseconds and never goes back; `log` gets one line for each coordinator that comes or goes;
    /// `warn` one for a device that is lost while others go on, nil: `log` gets it;
    /// `onTick` is called on the event loop's thread at each tick. `tickMilliseconds` nil: ticks come by `tick()` only.
    public init(
        identity: NodeIdentity, resources: NodeResources,
        clock: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds / 1_000_000 },
        tickMilliseconds: Int? = 1000, log: @escaping @Sendable (String) -> Void = { _ in },
        warn: (@Sendable (String) -> Void)? = nil,
        onTick: @escaping @Sendable () -> Void = {}
    ) {
        self.clock = clock
        WorkerThread.start("stnet.node") { [mailbox, doorway] in
            // In a function of its own: who waits for the end may end the process, and the device's memory should be
            // given back by then.
            func serve() -> String? {
                let worker = DeviceWorker(identity: identity, resources: resources) { mailbox.post(.event($0)) }
                let driver = NodeDriver(
                    identity: identity, resources: resources, worker: worker, clock: clock, log: log,
                    warn: warn ?? log)
                NodeService.run(driver, mailbox, clock: clock, tickMilliseconds: tickMilliseconds, onTick: onTick)
                return driver.deviceFailure
            }
            doorway.shut(serve())
            // Who came at the last moment is not left waiting.
            for case .connected(_, let link, _) in mailbox.take(until: .now()) { link.close() }
        }
    }

    private static func run(
        _ driver: NodeDriver, _ mailbox: Mailbox<NodeDriver.Input>, clock: () -> UInt64, tickMilliseconds: Int?,
        onTick: () -> Void
    ) {
        let interval = tickMilliseconds.map { DispatchTimeInterval.milliseconds($0) }
        var next = interval.map { DispatchTime.now() + $0 } ?? .distantFuture
        while !driver.isStopped {
            for input in mailbox.take(until: next) where !driver.isStopped { driver.handle(input) }
            guard let interval, DispatchTime.now() >= next, !driver.isStopped else { continue }
            driver.handle(.tick(at: clock()))
            onTick()
            next = max(next + interval, .now())
        }
    }

    /// A new connection, of which `peer` is the address for people. Gives where its events go.
    public func connected(_ link: any Link<NodeMessage>, peer: String)
        -> @Sendable (LinkEvent<CoordinatorMessage>) ->
        Void
    {
        guard let number = doorway.enter() else {
            link.close()
            return { _ in }
        }
        mailbox.post(.connected(number, link, peer: peer))
        return { [mailbox] event in mailbox.post(.link(number, event)) }
    }

    /// An orderly end: the running lease is finished if that takes no longer than `graceSeconds`, what waits goes back.
    public func drain(graceSeconds: Double) {
        mailbox.post(.event(.drain(graceMilliseconds: UInt64(max(0, min(graceSeconds, 1e9)) * 1000))))
    }

    /// An end at once. A batch that the device has begun is not waited for.
    public func stopNow() { mailbox.post(.event(.stop)) }

    /// As if the time for a tick had come.
    public func tick() { mailbox.post(.tick(at: clock())) }

    /// Returns when the last event was handled and every link has sent what lay queued (or 5 s later).
    public func waitUntilStopped() { doorway.waitUntilShut() }

    public var isStopped: Bool { doorway.isShut }

    /// Once it has stopped: why, if its device has failed.
    public var deviceFailure: String? { doorway.failure }

    /// Numbers the connections, until the end.
    private final class Doorway: @unchecked Sendable {
        private let condition = Condition()
        private var count: UInt64 = 0
        private var shutFlag = false
        private var deviceFailure: String?

        func enter() -> UInt64? {
            condition.withLock {
                count += 1
                return shutFlag ? nil : count
            }
        }

        func shut(_ failure: String?) {
            condition.withLock {
                shutFlag = true
                deviceFailure = failure
                condition.broadcast()
            }
        }

        var isShut: Bool { condition.withLock { shutFlag } }
        var failure: String? { condition.withLock { deviceFailure } }

        func waitUntilShut() {
            condition.withLock {
                while !shutFlag { condition.wait() }
            }
        }
    }
}
