import Bytes
import Dispatch

/// A thread that does what it is given, in order, for as long as it has an owner: all that touches one device.
package final class DeviceThread: Sendable {
    private let tasks = Tasks()

    /// `name`: for debuggers, which see its first 15 bytes.
    package init(_ name: String) {
        WorkerThread.start(name) { [tasks] in
            while let task = tasks.next() { task() }
        }
    }

    deinit { tasks.end() }

    /// Returns at once.
    func post(_ task: @escaping @Sendable () -> Void) { tasks.add(task) }

    /// `body(place)` on each thread, all at the same time; returns when all are done, with the values in the threads' order.
    package static func onEach<Value: Sendable>(_ threads: [DeviceThread], _ body: @escaping @Sendable (Int) -> Value)
        -> [Value]
    {
        let slots = Slots<Value>(count: threads.count)
        let group = DispatchGroup()
        for (place, thread) in threads.enumerated() {
            group.enter()
            thread.post {
                slots.values[place] = body(place)
                group.leave()
            }
        }
        group.wait()
        return slots.values.map { $0! }
    }

    private final class Tasks: @unchecked Sendable {
        private let condition = Condition()
        private var waiting: [@Sendable () -> Void] = []
        private var isEnded = false

        func add(_ task: @escaping @Sendable () -> Void) {
            condition.withLock {
                waiting.append(task)
                condition.signal()
            }
        }

        func end() {
            condition.withLock {
                isEnded = true
                condition.signal()
            }
        }

        /// Nil at the end, when all is done.
        func next() -> (@Sendable () -> Void)? {
            condition.withLock {
                while waiting.isEmpty, !isEnded { condition.wait() }
                return waiting.isEmpty ? nil : waiting.removeFirst()
            }
        }
    }
}
