/// A lock on which threads wait until another one has changed something.
public final class Condition: @unchecked Sendable {
    // At one place in memory for as long as they live.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    public init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        let codes = (pthread_mutex_init(mutex, nil), pthread_cond_init(condition, nil))
        precondition(codes == (0, 0), "no lock can be made")
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    public func lock() { pthread_mutex_lock(mutex) }
    public func unlock() { pthread_mutex_unlock(mutex) }

    /// Gives the lock up until somebody signals, and has it again then. May return without: ask again what is waited for.
    public func wait() { pthread_cond_wait(condition, mutex) }
    /// Wakes one of those that wait.
    public func signal() { pthread_cond_signal(condition) }
    /// Wakes all that wait.
    public func broadcast() { pthread_cond_broadcast(condition) }

    public func withLock<Value>(_ body: () throws -> Value) rethrows -> Value {
        lock()
        defer { unlock() }
        return try body()
    }
}
