import CKernels

/// A thread that runs one closure, for what waits: Dispatch's own threads are few, and must not.
public enum WorkerThread {
    /// - Parameters:
    ///   - name: for debuggers, which see its first 15 bytes.
    ///   - stackBytes: nil for the system's default.
    ///
    /// Ends the process with status 69 where the system gives no thread for a whole second: whoever asked for one would
    /// wait for ever.
    public static func start(_ name: String, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        if let stackBytes { pthread_attr_setstacksize(&attributes, stackBytes) }
        let task = Unmanaged.passRetained(Task(name: name, body: body))
        var code: Int32 = 0
        for _ in 0..<100 {
            #if canImport(Darwin)
                var thread: pthread_t?
            #else
                var thread = pthread_t()
            #endif
            code = pthread_create(&thread, &attributes, run, task.toOpaque())
            guard code == EAGAIN else { break }
            // Threads of others may be ending.
            usleep(10_000)
        }
        guard code != 0 else { return }
        task.release()
        let words = "no thread for \(name): \(String(cString: strerror(code))) (ulimit -u, ulimit -v, pids.max)\n"
        _ = words.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        _exit(69)
    }

    private final class Task {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        func run() {
            ck_thread_name(name)
            body()
        }
    }

    #if canImport(Darwin)
        private static let run: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { start($0) }
    #else
        private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { start($0!) }
    #endif

    private static func start(_ task: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<Task>.fromOpaque(task).takeRetainedValue().run()
        return nil
    }
}
