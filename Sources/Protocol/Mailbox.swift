import Dispatch
import Foundation

/// Where events of many threads wait for the one that handles them. Unbounded: what may lie in it is bounded by the
/// windows of those who post.
public final class Mailbox<Event: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: [Event] = []
    /// Signalled when the first event arrives in an empty box. A semaphore, because its timeout is on a clock that
    /// nobody sets.
    private let arrived = DispatchSemaphore(value: 0)

    public init() {}

    public func post(_ event: Event) {
        let wasEmpty = lock.withLock {
            waiting.append(event)
            return waiting.count == 1
        }
        if wasEmpty { arrived.signal() }
    }

    /// All events that wait, in order. Where there is none, waits for one until `deadline` and then gives none.
    public func take(until deadline: DispatchTime) -> [Event] {
        while true {
            let events = lock.withLock {
                defer { waiting.removeAll(keepingCapacity: true) }
                return waiting
            }
            if !events.isEmpty { return events }
            // A signal may be left over from events that an earlier call took: then the box is looked at once more.
            if arrived.wait(timeout: deadline) == .timedOut { return lock.withLock { takeNow() } }
        }
    }

    private func takeNow() -> [Event] {
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting
    }
}
