import Bytes
import Jobs
import Protocol

/// The weights' bytes on their way from the coordinator: asked for and taken on the device's thread, they arrive on the
/// event loop's. What was asked for and not taken is bounded by a window, whatever the disk and the network do.
final class WeightsReception: @unchecked Sendable {
    /// Bytes that may be asked for and not taken.
    static let window: UInt64 = 4 << 20
    /// Bytes that are asked for at a time.
    static let request: UInt64 = 1 << 20

    private let condition = Condition()
    private let total: UInt64
    /// Sends the wish for so many bytes from an offset on.
    private let ask: @Sendable (_ offset: UInt64, _ bytes: UInt64) -> Void
    private var closedFlag = false
    // Offsets: taken <= received <= asked <= total.
    private var asked: UInt64 = 0
    private var received: UInt64 = 0
    private var taken: UInt64 = 0
    private var parts: [[UInt8]] = []

    init(total: UInt64, ask: @escaping @Sendable (_ offset: UInt64, _ bytes: UInt64) -> Void) {
        self.total = total
        self.ask = ask
    }

    /// The next part that came, in order. Throws when it is not what was asked for.
    func accept(_ chunk: WeightsChunk) throws(OutOfProtocol) {
        condition.lock()
        defer { condition.unlock() }
        if closedFlag { return }
        let (end, overflow) = chunk.offset.addingReportingOverflow(UInt64(chunk.bytes.count))
        guard !overflow, chunk.offset == received, end <= asked, !chunk.bytes.isEmpty else {
            throw OutOfProtocol(
                asked == 0
                    ? "weights that nobody asked for"
                    : "\(chunk.bytes.count) bytes of weights at \(chunk.offset), expected those at \(received) up to \(asked)"
            )
        }
        received = end
        // Many small parts take no more room than few large ones.
        if let last = parts.last, last.count + chunk.bytes.count <= WireLimits.chunk {
            parts[parts.count - 1] += chunk.bytes
        } else {
            parts.append(chunk.bytes)
        }
        condition.signal()
    }

    /// Asks for the first bytes.
    func begin() { condition.withLock { askForMore() } }

    private func askForMore() {
        while !closedFlag, asked < total, asked - taken + WeightsReception.request <= WeightsReception.window {
            let bytes = min(WeightsReception.request, total - asked)
            ask(asked, bytes)
            asked += bytes
        }
    }

    /// The next part, waiting for it; nil when the session is over. As there is room, more is asked for.
    func next() -> [UInt8]? {
        condition.lock()
        defer { condition.unlock() }
        while parts.isEmpty, !closedFlag { condition.wait() }
        guard !closedFlag else { return nil }
        let part = parts.removeFirst()
        taken += UInt64(part.count)
        askForMore()
        return part
    }

    /// Bytes that lie here.
    var waiting: UInt64 { condition.withLock { received - taken } }

    var isClosed: Bool { condition.withLock { closedFlag } }

    /// Nothing more is wanted: what still comes is dropped, and whoever waits goes on.
    func close() {
        condition.lock()
        closedFlag = true
        parts = []
        condition.broadcast()
        condition.unlock()
    }
}
