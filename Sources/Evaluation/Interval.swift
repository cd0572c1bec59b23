/// A 95 % confidence interval.
public struct Interval: Hashable, Sendable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// The normal distribution's quantile at 97.5 %.
    static let z = 1.959963984540054

    /// Wilson's score interval for a share of `successes` in `n` (Wilson 1927); 0 ... 1 when n is 0.
    public static func wilson(successes: Int, n: Int) -> Interval {
        precondition(n >= 0 && successes >= 0 && successes <= n, "\(successes) successes of \(n)")
        guard n > 0 else { return Interval(low: 0, high: 1) }
        let count = Double(n)
        let share = Double(successes) / count
        let scale = 1 + z * z / count
        let centre = (share + z * z / (2 * count)) / scale
        let half = z * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot() / scale
        // At the ends the bound is exact; the rounding of centre - half is not.
        return Interval(
            low: successes == 0 ? 0 : max(0, centre - half), high: successes == n ? 1 : min(1, centre + half))
    }

    /// The normal approximation's interval for the mean of values in 0 ... 1, from their standard deviation with
    /// n - 1; nil under two values. Sums run in the order of `values`. Differences lie in -1 ... 1.
    public static func ofMean(_ values: [Double], in bounds: ClosedRange<Double> = 0...1) -> Interval? {
        guard values.count > 1 else { return nil }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let half = z * (squares / (count - 1) / count).squareRoot()
        return Interval(low: max(bounds.lowerBound, mean - half), high: min(bounds.upperBound, mean + half))
    }
}
