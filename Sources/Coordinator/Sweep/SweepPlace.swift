import Bytes

/// Which run of a sweep one is.
public struct SweepPlace: Sendable, Hashable {
    public var job: String
    /// From 1.
    public var number: Int
    public var count: Int

    public init(job: String, number: Int, count: Int) { (self.job, self.number, self.count) = (job, number, count) }

    /// "job 2 of 9, googlenet-cam"
    public var text: String { "job \(number) of \(count), \(job)".onOneLine }

    /// Members of a line of progress.
    var json: [(String, JSON)] {
        [("job", .string(job)), ("job_number", .int(number)), ("job_count", .int(count))]
    }
}
