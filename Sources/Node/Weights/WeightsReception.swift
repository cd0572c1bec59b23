import Foundation
import Jobs
import Protocol

/// The weights' bytes on their way from the coordinator: they arrive on the event loop's thread and are taken on the
/// device's. At most the file's size can lie here.
final class WeightsReception: @unchecked Sendable {
    private let condition = NSCondition()
    private let total: UInt64
    private var isWanted = false
    private var isClosed = false
    private var received: UInt64 = 0
    private var parts: [[UInt8]] = []

    init(total: UInt64) { self.total = total }

    /// From now on parts are expected.
    func begin() { condition.withLock { isWanted = true } }

    /// The next part, in order; throws when it is not.
    func accept(_ chunk: WeightsChunk) throws(OutOfProtocol) {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { return }
        let (end, overflow) = chunk.offset.addingReportingOverflow(UInt64(chunk.bytes.count))
        guard isWanted, !overflow, chunk.offset == received, end <= total, !chunk.bytes.isEmpty else {
            throw OutOfProtocol(
                isWanted
                    ? "\(chunk.bytes.count) bytes of weights at \(chunk.offset), expected those at \(received) of \(total)"
                    : "weights that nobody asked for")
        }
        received = end
        parts.append(chunk.bytes)
        condition.signal()
    }

    /// What has come since the last call, waiting for it; nil when the session is over.
    func next() -> [[UInt8]]? {
        condition.lock()
        defer { condition.unlock() }
        while parts.isEmpty, !isClosed { condition.wait() }
        guard !isClosed else { return nil }
        defer { parts = [] }
        return parts
    }

    /// Nothing more is wanted: what still comes is dropped, and whoever waits goes on.
    func close() {
        condition.lock()
        isClosed = true
        parts = []
        condition.broadcast()
        condition.unlock()
    }
}
