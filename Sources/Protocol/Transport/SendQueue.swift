/// Bytes on their way to the other end: frames at the back, what the socket takes at the front.
package struct SendQueue: Sendable {
    private var bytes: [UInt8] = []
    private var sent = 0
    private var hasReachedHighWater = false

    package init() {}

    package var count: Int { bytes.count - sent }
    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ new: [UInt8]) {
        bytes += new
        if count >= LinkLimits.highWater { hasReachedHighWater = true }
    }

    /// The next bytes, at most so many.
    package func withNext<Result>(_ limit: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[sent...].prefix(limit))) }
    }

    package mutating func remove(_ count: Int) {
        sent += count
        if sent == bytes.count {
            // Memory for a burst is given back, that for the usual frames kept.
            bytes.removeAll(keepingCapacity: bytes.capacity <= 2 * LinkLimits.lowWater)
            sent = 0
        } else if sent > LinkLimits.highWater {
            bytes.removeFirst(sent)
            sent = 0
        }
    }

    package mutating func removeAll() { self = SendQueue() }

    /// True once, when the queue has fallen below `lowWater` after it had reached `highWater`.
    package mutating func takeDrained() -> Bool {
        guard hasReachedHighWater && count < LinkLimits.lowWater else { return false }
        hasReachedHighWater = false
        return true
    }
}
