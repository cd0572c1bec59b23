/// How far a run is.
public struct Progress: Sendable, Hashable {
    public var done: Int
    public var total: Int
    public var failed: Int
    /// Since the first lease.
    public var elapsedSeconds: Double
    /// Of `done`, those of an earlier part of the run.
    public var resumed = 0

    public init(done: Int, total: Int, failed: Int, elapsedSeconds: Double) {
        self.done = done
        self.total = total
        self.failed = failed
        self.elapsedSeconds = elapsedSeconds
    }

    public var imagesPerSecond: Double { elapsedSeconds > 0 ? Double(done - resumed) / elapsedSeconds : 0 }

    /// Nil until there is a speed to go by.
    public var secondsLeft: Double? {
        imagesPerSecond > 0 ? Double(total - done) / imagesPerSecond : nil
    }

    static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }

    /// One digit behind the point.
    package static func fixed(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    package static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded(.up))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return whole >= 3600
            ? "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))" : "\(whole / 60):\(two(whole % 60))"
    }
}
