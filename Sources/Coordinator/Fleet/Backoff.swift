/// How long to wait between attempts to reach a node.
public struct RetryPolicy: Sendable, Hashable {
    /// Before the second attempt, without jitter.
    public var firstMilliseconds: Int
    /// The wait doubles up to this, without jitter.
    public var limitMilliseconds: Int
    /// Each wait is longer or shorter by up to this share, so that a fleet that went down together does not knock
    /// together.
    public var jitterPercent: Int

    public init(firstMilliseconds: Int = 250, limitMilliseconds: Int = 10_000, jitterPercent: Int = 25) {
        precondition(firstMilliseconds > 0 && limitMilliseconds >= firstMilliseconds, "waits grow from above 0")
        precondition((0..<100).contains(jitterPercent), "jitter is 0 to 99 percent")
        self.firstMilliseconds = firstMilliseconds
        self.limitMilliseconds = limitMilliseconds
        self.jitterPercent = jitterPercent
    }
}

/// How often one node was tried in vain. Holds no clock: it says how long to wait, someone else waits.
public struct Backoff: Sendable, Hashable {
    public let policy: RetryPolicy
    /// Attempts in vain since the last success.
    public private(set) var failures = 0

    public init(policy: RetryPolicy = RetryPolicy()) {
        self.policy = policy
    }

    /// An attempt was in vain; gives how long to wait before the next: the first wait doubled with each failure up to
    /// the limit, and the jitter on top of it.
    public mutating func failed(using generator: inout some RandomNumberGenerator) -> Duration {
        var wait = policy.firstMilliseconds
        for _ in 0..<min(failures, 62) where wait < policy.limitMilliseconds {
            // Compared by halves: no product can overflow.
            wait = wait > policy.limitMilliseconds / 2 ? policy.limitMilliseconds : wait * 2
        }
        if failures < Int.max { failures += 1 }
        let jitter = Int.random(in: -1000 * policy.jitterPercent...1000 * policy.jitterPercent, using: &generator)
        return .milliseconds(wait) + .milliseconds(wait) * jitter / 100_000
    }

    /// The node was reached: the next failure waits as little as the first.
    public mutating func succeeded() {
        failures = 0
    }
}

extension Duration {
    var microseconds: Microseconds {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
