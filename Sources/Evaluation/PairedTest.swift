import Bytes

/// Two methods on the same images, each right or wrong on each.
public struct PairedOutcome: Hashable, Sendable {
    public var bothRight = 0
    public var onlyFirst = 0
    public var onlySecond = 0
    public var neither = 0

    public init() {}

    public mutating func count(first: Bool, second: Bool) {
        switch (first, second) {
        case (true, true): bothRight += 1
        case (true, false): onlyFirst += 1
        case (false, true): onlySecond += 1
        case (false, false): neither += 1
        }
    }

    public var images: Int { bothRight + onlyFirst + onlySecond + neither }
    public var first: Rate { Rate(count: bothRight + onlyFirst, of: images) }
    public var second: Rate { Rate(count: bothRight + onlySecond, of: images) }

    /// McNemar's test in its exact form (McNemar 1947; two-sided binomial): how likely it is that the images on which
    /// exactly one is right divide at least so unevenly, if either were as likely to be the one. 1 without such images.
    public var p: Double {
        let trials = onlyFirst + onlySecond
        let fewer = min(onlyFirst, onlySecond)
        guard trials > 0 else { return 1 }
        // log C(n, i) - n log 2, the largest first taken out, so that nothing under- or overflows.
        let all = lgamma(Double(trials) + 1) - Double(trials) * log(2)
        let logs: [Double] = (0...fewer).map { i in
            all - lgamma(Double(i) + 1) - lgamma(Double(trials - i) + 1)
        }
        let largest = logs.max()!
        let sum: Double = logs.reduce(0) { $0 + exp($1 - largest) }
        let tail = exp(largest) * sum
        return min(1, 2 * tail)
    }
}
