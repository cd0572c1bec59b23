import Bytes
import Dispatch
import Protocol

/// Says who was not let in and why: whoever started the other end may look here. Strangers may come as often as they
/// like: they get a line a second, which counts those that got none.
final class RefusalLog: @unchecked Sendable {
    private let lock = Lock()
    private var lines = RefusalLines()
    private let log: @Sendable (String) -> Void

    init(log: @escaping @Sendable (String) -> Void) { self.log = log }

    func add(_ report: ListenerReport) {
        switch report {
        case .notLetIn(let peer, let reason):
            say { $0.add(peer: peer, reason: reason, at: $1) }
        case .cannotAccept(let reason):
            log("cannot accept connections on \(reason); those that stand go on, and it tries again")
        }
    }

    /// Says what is left to say once nobody comes any more; to be called now and then.
    func tick() { say { $0.rest(at: $1) } }

    private func say(_ line: (inout RefusalLines, _ now: UInt64) -> String?) {
        let now = DispatchTime.now().uptimeNanoseconds
        if let text = lock.withLock({ line(&lines, now) }) { log(text) }
    }
}

/// Which lines are written. A pure value; times in nanoseconds on a clock that nobody sets.
struct RefusalLines {
    static let pauseNanoseconds: UInt64 = 1_000_000_000

    private(set) var total = 0
    private var last: UInt64?
    /// Those that got no line since the last one, and the last of them.
    private var unsaid = 0
    private var lastUnsaid: (peer: String, reason: String)?

    mutating func add(peer: String, reason: String, at now: UInt64) -> String? {
        total += 1
        guard isDue(at: now) else {
            unsaid += 1
            lastUnsaid = (peer, reason)
            return nil
        }
        let before = unsaid == 0 ? "" : " (and \(unsaid) more before it; \(total) in all)"
        said(at: now)
        return "\(peer) was not let in: \(reason)\(before)"
    }

    mutating func rest(at now: UInt64) -> String? {
        guard let (peer, reason) = lastUnsaid, isDue(at: now) else { return nil }
        defer { said(at: now) }
        return "\(unsaid) more were not let in, the last one \(peer): \(reason) (\(total) in all)"
    }

    private func isDue(at now: UInt64) -> Bool { last.map { now >= $0 + RefusalLines.pauseNanoseconds } ?? true }

    private mutating func said(at now: UInt64) {
        last = now
        unsaid = 0
        lastUnsaid = nil
    }
}
