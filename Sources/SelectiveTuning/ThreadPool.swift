import CKernels

/// A fixed number of threads that run numbered tasks to the end: each parallel stage of the evaluation is one `run`.
///
/// One caller at a time.
public final class ThreadPool: @unchecked Sendable {
    private let pool: OpaquePointer
    public let threads: Int

    /// Throws when the system does not give so many threads.
    public init(threads: Int) throws(NetworkError) {
        guard let pool = ck_pool_create(Int32(clamping: max(1, threads))) else {
            throw .outOfMemory(bytes: 0, purpose: "\(threads) threads")
        }
        self.pool = pool
        self.threads = Int(ck_pool_threads(pool))
    }

    deinit { ck_pool_destroy(pool) }

    /// Runs `body(task, thread)` for every task in 0 ..< count, in any order, and returns when all are done.
    public func run(_ count: Int, _ body: @escaping @Sendable (_ task: Int, _ thread: Int) -> Void) {
        withExtendedLifetime(Body(body)) { holder in
            ck_pool_run(
                pool,
                { context, task, thread in
                    Unmanaged<Body>.fromOpaque(context!).takeUnretainedValue().call(Int(task), Int(thread))
                }, Unmanaged.passUnretained(holder).toOpaque(), Int32(clamping: count))
        }
    }

    private final class Body: Sendable {
        let call: @Sendable (Int, Int) -> Void
        init(_ call: @escaping @Sendable (Int, Int) -> Void) { self.call = call }
    }
}
