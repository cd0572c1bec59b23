/// How long the check may still take: a rented device costs by the minute, and a table that is not printed is worth nothing.
struct TimeLeft {
    private let end: ContinuousClock.Instant
    /// What there was no time for.
    private(set) var leftOut: [String] = []

    init(minutes: Double) { end = .now + .seconds(minutes * 60) }

    var seconds: Double { max(0, (end - .now) / .seconds(1)) }

    /// Whether something that takes so long can begin; if not, it is noted.
    mutating func allows(_ what: String, seconds needed: Double) -> Bool {
        if seconds >= needed, seconds > 0 { return true }
        leftOut.append(what)
        return false
    }
}
