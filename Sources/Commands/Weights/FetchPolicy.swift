import Coordinator

/// How patient a fetch is and how much it takes.
public struct FetchPolicy: Sendable, Hashable {
    /// A connection over which nothing comes for so long is given up.
    public var stallSeconds: Int
    /// Attempts in succession that bring nothing new.
    public var attempts: Int
    /// What an attempt must bring to count as progress, in bytes beyond all earlier ones.
    public var progressBytes: Int
    public var retry: RetryPolicy
    /// The most bytes that a file may have.
    public var sizeLimit: Int

    public init(
        stallSeconds: Int = 30, attempts: Int = 5, progressBytes: Int = 1 << 16,
        retry: RetryPolicy = RetryPolicy(firstMilliseconds: 500, limitMilliseconds: 8000), sizeLimit: Int = 2 << 30
    ) {
        precondition(stallSeconds > 0 && attempts > 0 && progressBytes > 0 && sizeLimit > 0, "limits are above 0")
        self.stallSeconds = stallSeconds
        self.attempts = attempts
        self.progressBytes = progressBytes
        self.retry = retry
        self.sizeLimit = sizeLimit
    }
}
