import Bytes

/// Work on a thread of its own: what takes seconds must not hold one of the few threads of tasks.
struct BackgroundWork<Value: Sendable>: Sendable {
    private let task: Task<Value, Never>

    init(_ name: String, _ work: @escaping @Sendable () -> Value) {
        task = Task {
            await withCheckedContinuation { continuation in
                WorkerThread.start(name) { continuation.resume(returning: work()) }
            }
        }
    }

    var value: Value { get async { await task.value } }
}
