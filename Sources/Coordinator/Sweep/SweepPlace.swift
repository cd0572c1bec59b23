import Bytes

/// Which run of a sweep one is.
public struct SweepPlace: Sendable, Hashable {
    public var job: String
    /// From 1.
    public var number: Int
    public var count: Int
    /// The sweep's directory.
    public var out: String

    public init(job: String, number: Int, count: Int, out: String = "") {
        (self.job, self.number, self.count, self.out) = (job, number, count, out)
    }

    /// "job 2 of 9, googlenet-cam"
    public var text: String { "job \(number) of \(count), \(job)".onOneLine }

    /// Members of a line of progress.
    var json: [(String, JSON)] {
        [("job", .string(job)), ("job_number", .int(number)), ("job_count", .int(count))]
    }
}
