import Bytes
import Dispatch

/// Flushes a journal's file to the disk on a queue of its own, since that can take a second.
///
/// Requests that come while one runs are one request. Call `request` after `Journal.flush`, at least once a second
/// while something is new; `syncedBytes` says how far it got.
public final class JournalSyncer: @unchecked Sendable {
    private let storage: any JournalStorage
    private let report: @Sendable (JournalError) -> Void
    private let queue = DispatchQueue(label: "stnet.journal.sync")
    private let lock = Lock()
    private var wanted: UInt64
    private var done: UInt64
    private var isScheduled = false
    private var failure: JournalError?

    /// `report` is called once, on the queue, with the first failure. After one, the file's state on the disk is not
    /// known any more (the system may have dropped what it could not write): the run must end.
    public init(_ journal: Journal, report: @escaping @Sendable (JournalError) -> Void) {
        storage = journal.storage
        wanted = 0
        done = 0
        self.report = report
    }

    /// Bytes of the journal that survive a power failure.
    public var syncedBytes: UInt64 { lock.withLock { done } }

    /// `flushedBytes` is the journal's after its last `flush`. Returns at once.
    public func request(flushedBytes: UInt64) {
        let starts = lock.withLock {
            wanted = max(wanted, flushedBytes)
            guard !isScheduled && failure == nil && done < wanted else { return false }
            isScheduled = true
            return true
        }
        if starts { queue.async { self.run() } }
    }

    /// Waits until everything that was requested is on the disk: before a process ends. Gives the failure, if there was
    /// one: then the last records may not be there.
    public func finish() -> JournalError? {
        queue.sync {}
        return lock.withLock { failure }
    }

    private func run() {
        while true {
            let target: UInt64? = lock.withLock {
                if done < wanted && failure == nil { return wanted }
                isScheduled = false
                return nil
            }
            guard let target else { return }
            do throws(JournalError) {
                try storage.sync()
                lock.withLock { done = target }
            } catch {
                lock.withLock { failure = error }
                report(error)
            }
        }
    }
}
