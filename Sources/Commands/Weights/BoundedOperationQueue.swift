import Foundation

/// A serial queue on which no more than a few operations wait: adding one more waits. As a session's delegate queue it
/// makes the session stop reading from the network while the disk is slower, instead of keeping what came in memory.
final class BoundedOperationQueue: OperationQueue, @unchecked Sendable {
    private let condition = NSCondition()
    private let limit: Int
    private var waiting = 0
    private var isOpen = false

    init(limit: Int) {
        self.limit = limit
        super.init()
        maxConcurrentOperationCount = 1
    }

    override func addOperation(_ block: @escaping @Sendable () -> Void) {
        condition.withLock {
            while waiting >= limit && !isOpen { condition.wait() }
            waiting += 1
        }
        super.addOperation { [self] in
            block()
            condition.withLock {
                waiting -= 1
                condition.signal()
            }
        }
    }

    /// Nothing waits to be added any more: for a session that is to be ended, which needs the queue on which it waits.
    func open() {
        condition.withLock {
            isOpen = true
            condition.broadcast()
        }
    }
}
