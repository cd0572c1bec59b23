import Bytes

/// What has come over a connection and was handed on, but is not dealt with yet: where that is much, the connection is not
/// read until some of it is. So an end that says more than this one can hear fills its own buffers and the network's, and
/// not this one's memory.
package final class ReceiveWindow: @unchecked Sendable {
    /// A message as a value, beside the bytes of its payload.
    package static let messageBytes = 512

    private let limit: Int
    private let lock = Lock()
    // Under the lock.
    private var total = 0
    /// Of each message that waits, in order; those before `first` are dealt with.
    private var sizes: [Int32] = []
    private var first = 0
    private var full = false

    /// `limit` in bytes; `Int.max` for who does not say what it has dealt with.
    package init(limit: Int) { self.limit = limit }

    /// Not read before half of it is free again.
    package var isFull: Bool { lock.withLock { full } }
    /// Bytes that are counted for what waits.
    package var bytes: Int { lock.withLock { total } }

    package func arrived(payload: Int) {
        guard limit < .max else { return }
        lock.withLock {
            let size = payload + ReceiveWindow.messageBytes
            sizes.append(Int32(size))
            total += size
            if total >= limit { full = true }
        }
    }

    /// The oldest message that waits was dealt with. True where the connection may be read again from now on.
    package func handled() -> Bool {
        lock.withLock {
            guard first < sizes.count else { return false }
            total -= Int(sizes[first])
            first += 1
            if first == sizes.count {
                sizes.removeAll(keepingCapacity: sizes.capacity <= 4096)
                first = 0
            } else if first >= 4096 {
                sizes.removeFirst(first)
                first = 0
            }
            guard full, total <= limit / 2 else { return false }
            full = false
            return true
        }
    }
}
