import Dispatch
import Bytes
import Protocol

/// Looks at the hosts file and the announce directory once a second, and at once when it is told to, on a thread of its own:
/// a file server that does not answer holds up nothing else.
public final class FleetWatcher: Sendable {
    private enum Event: Sendable {
        case look
        case stop
    }

    private let mailbox = Mailbox<Event>()

    /// Begins to look. `onChanges` is called on the watcher's thread with what has changed since the call before; the first
    /// call gives all that is there.
    public init(
        _ source: any EndpointSource, intervalMilliseconds: Int = 1000,
        onChanges: @escaping @Sendable (EndpointChanges) -> Void
    ) {
        WorkerThread.start("stnet.fleet") { [mailbox] in
            var isForced = false
            while true {
                if let changes = source.refresh(isForced: isForced) { onChanges(changes) }
                let events = mailbox.take(until: .now() + .milliseconds(intervalMilliseconds))
                if events.contains(.stop) { return }
                // However often it was told to meanwhile: one look sees all.
                isForced = !events.isEmpty
            }
        }
    }

    deinit { stop() }

    /// Looks at once, and reads everything anew.
    public func look() { mailbox.post(.look) }

    /// Looks no more; a look that is under way is not waited for, and what it finds may still be told.
    public func stop() { mailbox.post(.stop) }
}
