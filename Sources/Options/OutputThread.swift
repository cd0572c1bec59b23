import Bytes
import Dispatch

/// Writes for somebody who may read slowly or never: a terminal that was stopped, a pipe, a disk. Whoever posts never waits.
///
/// One thread hands what was posted to `write`, in order, and may wait there. Of lines a bounded number is kept; those that
/// come then are left out, and `write` is told how many they were. Of states only the last one is kept.
public final class OutputThread<State: Sendable>: Sendable {
    public enum Item: Sendable {
        case line(String)
        case state(State)
        /// So many lines came while there was no room for them.
        case leftOut(Int)
    }

    private let waiting: Waiting

    /// - Parameters:
    ///   - name: of the thread, for debuggers.
    ///   - lineLimit, byteLimit: of what waits.
    public init(
        name: String, lineLimit: Int = 2000, byteLimit: Int = 1 << 20, write: @escaping @Sendable (Item) -> Void
    ) {
        let waiting = Waiting(lineLimit: lineLimit, byteLimit: byteLimit)
        self.waiting = waiting
        WorkerThread.start(name) {
            while let items = waiting.take() {
                for item in items {
                    write(item)
                    waiting.wrote()
                }
            }
        }
    }

    /// The thread writes what still waits, and ends.
    deinit { waiting.close() }

    public func post(line: String) { waiting.post(line: line) }
    public func post(state: State) { waiting.post(state: state) }

    /// Waits until all that was posted is written, at most so long; false where it was not. Who has once not been heard in
    /// that time is not waited for again until something was written.
    @discardableResult
    public func flush(seconds: Double) -> Bool {
        let goal = waiting.accepted
        guard waiting.mayWait else { return waiting.written >= goal }
        // A clock that nobody sets.
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(max(0, seconds) * 1e9)
        while waiting.written < goal {
            guard DispatchTime.now().uptimeNanoseconds < end else {
                waiting.gaveUp()
                return false
            }
            usleep(1000)
        }
        return true
    }

    /// What was posted and not taken yet.
    private final class Waiting: @unchecked Sendable {
        private let condition = Condition()
        private let lineLimit: Int
        private let byteLimit: Int
        private var items: [Item] = []
        private var lines = 0
        private var bytes = 0
        private var leftOut = 0
        private var isClosed = false
        private var acceptedCount = 0
        private var writtenCount = 0
        /// `writtenCount` when a flush ended in vain.
        private var stuckAt: Int?

        init(lineLimit: Int, byteLimit: Int) {
            self.lineLimit = lineLimit
            self.byteLimit = byteLimit
        }

        var accepted: Int { condition.withLock { acceptedCount } }
        var written: Int { condition.withLock { writtenCount } }
        var mayWait: Bool { condition.withLock { stuckAt != writtenCount } }

        func gaveUp() { condition.withLock { stuckAt = writtenCount } }
        func wrote() { condition.withLock { writtenCount += 1 } }

        func close() {
            condition.withLock {
                isClosed = true
                condition.signal()
            }
        }

        func post(line: String) {
            condition.withLock {
                guard lines < lineLimit, bytes + line.utf8.count <= byteLimit else {
                    if leftOut == 0 { acceptedCount += 1 }
                    leftOut += 1
                    return
                }
                lines += 1
                bytes += line.utf8.count
                append(.line(line))
            }
        }

        func post(state: State) {
            condition.withLock {
                let place = items.lastIndex { if case .state = $0 { true } else { false } }
                if let place {
                    items.remove(at: place)
                    acceptedCount -= 1
                }
                append(.state(state))
            }
        }

        private func append(_ item: Item) {
            items.append(item)
            acceptedCount += 1
            condition.signal()
        }

        /// All that waits, waiting for it; nil once it is closed and empty.
        func take() -> [Item]? {
            condition.withLock {
                while items.isEmpty, !isClosed { condition.wait() }
                guard !items.isEmpty else { return nil }
                var taken = items
                if leftOut > 0 { taken.append(.leftOut(leftOut)) }
                (items, lines, bytes, leftOut) = ([], 0, 0, 0)
                return taken
            }
        }
    }
}
