/// A file of which only some runs of bytes are stored; what lies between them is zero.
public struct SparseMap: Sendable, Hashable {
    /// Bytes of the file from `offset` on, stored from `start` on.
    public struct Run: Sendable, Hashable {
        public var offset: UInt64
        public var start: UInt64
        public var count: UInt64

        public init(offset: UInt64, start: UInt64, count: UInt64) {
            (self.offset, self.start, self.count) = (offset, start, count)
        }
    }

    /// Of the whole file.
    public let size: UInt64
    /// Ascending, without overlap, inside of the size.
    public let runs: [Run]

    /// Nil for runs that overlap, do not ascend, or leave the file.
    public init?(size: UInt64, runs: [Run]) {
        var end: UInt64 = 0
        for run in runs {
            let (next, overflow) = run.offset.addingReportingOverflow(run.count)
            guard run.offset >= end, !overflow, next <= size,
                !run.start.addingReportingOverflow(run.count).overflow
            else { return nil }
            end = next
        }
        (self.size, self.runs) = (size, runs)
    }
}
