import Bytes
import CKernels

/// A fixed number of threads that run numbered tasks to the end: each parallel stage of the evaluation is one `run`.
///
/// One caller at a time: others wait for their turn.
public final class ThreadPool: @unchecked Sendable {
    private let pool: OpaquePointer
    public let threads: Int
    private let turn = Lock()

    /// Throws when the system does not give so many threads.
    public init(threads: Int) throws(NetworkError) {
        guard let pool = ck_thread_pool_create(Int32(clamping: max(1, threads))) else {
            throw .outOfMemory(bytes: 0, purpose: "\(threads) threads")
        }
        self.pool = pool
        self.threads = Int(ck_thread_pool_threads(pool))
    }

    deinit { ck_thread_pool_destroy(pool) }

    /// Runs `body(task, thread)` for every task in 0 ..< count, in any order, and returns when all are done.
    public func run(_ count: Int, _ body: @escaping @Sendable (_ task: Int, _ thread: Int) -> Void) {
        turn.lock()
        defer { turn.unlock() }
        withExtendedLifetime(Body(body)) { holder in
            ck_thread_pool_run(
                pool,
                { context, task, thread in
                    Unmanaged<Body>.fromOpaque(context!).takeUnretainedValue().call(Int(task), Int(thread))
                }, Unmanaged.passUnretained(holder).toOpaque(), Int32(clamping: count))
        }
    }

    /// `body(task, thread)` for every task in 0 ..< count; the values in the order of the tasks.
    public func map<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (_ task: Int, _ thread: Int) -> Value)
        -> [Value]
    {
        let slots = Slots<Value>(count: count)
        run(count) { task, thread in slots.values[task] = body(task, thread) }
        return slots.values.map { $0! }
    }

    private final class Body: Sendable {
        let call: @Sendable (Int, Int) -> Void
        init(_ call: @escaping @Sendable (Int, Int) -> Void) { self.call = call }
    }
}

/// One value a task; each task writes its own, which is why they may be shared.
final class Slots<Value: Sendable>: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Value?>

    init(count: Int) {
        values = .allocate(capacity: count)
        values.initialize(repeating: nil)
    }

    deinit {
        values.deinitialize()
        values.deallocate()
    }
}
