import CKernels
import Dispatch

/// Where events of many threads wait for the one that handles them. Unbounded: what may lie in it is bounded by the
/// windows of those who post.
public final class Mailbox<Event: Sendable>: @unchecked Sendable {
    /// Guards `waiting`, and is woken when the first event arrives in an empty box.
    private let condition: OpaquePointer
    private var waiting: [Event] = []

    public init() {
        guard let made = ck_condition_create() else { fatalError("no memory for a lock") }
        condition = made
    }

    deinit { ck_condition_destroy(condition) }

    public func post(_ event: Event) {
        ck_condition_lock(condition)
        defer { ck_condition_unlock(condition) }
        waiting.append(event)
        if waiting.count == 1 { ck_condition_wake(condition) }
    }

    /// All events that wait, in order. Where there is none, waits for one until `deadline` and then gives none.
    ///
    /// The deadline is on a clock that nobody sets: a step of the wall clock makes the wait neither longer nor shorter.
    public func take(until deadline: DispatchTime) -> [Event] {
        ck_condition_lock(condition)
        defer { ck_condition_unlock(condition) }
        while waiting.isEmpty {
            guard deadline != .distantFuture else {
                _ = ck_condition_wait(condition, -1)
                continue
            }
            let (now, end) = (DispatchTime.now().uptimeNanoseconds, deadline.uptimeNanoseconds)
            guard now < end else { break }
            _ = ck_condition_wait(condition, Int64(clamping: end - now))
        }
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting
    }
}
