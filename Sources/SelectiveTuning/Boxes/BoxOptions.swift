/// How the channels of a gating map become one (selective-tuning.md, section 9).
public enum Collapse: String, Hashable, Sendable, CaseIterable {
    case sum
    case max
}

/// Which cells of a collapsed map are kept.
public enum Prune: String, Hashable, Sendable, CaseIterable {
    /// At least the mean of the non-zero cells, times a multiplier, plus a multiple of their standard deviation.
    case mean
    /// The same over all cells.
    case meanAll = "mean-all"
    /// At least the value at index floor(percentage * n) of the n sorted non-zero cells.
    case percentile
    /// At least the value at which the ascending running sum first exceeds a share of the total.
    case energy
    /// Every non-zero cell.
    case none
}

/// How a map becomes a box.
public enum BoxRule: String, Hashable, Sendable, CaseIterable {
    /// All cells kept by the pruning.
    case tight
    /// Between quantiles of the mass along each axis; no pruning.
    case mass
    /// The largest 8-connected component of the pruned map, blurred, above a share of its maximum.
    case component
}

/// The options from gating map to box, as on the command line.
public struct BoxOptions: Hashable, Sendable {
    public var collapse: Collapse
    public var prune: Prune
    public var meanMultiplier: Double
    public var stdMultiplier: Double
    /// Share of the non-zero cells that `percentile` puts below its bound, 0...1.
    public var percentage: Double
    /// Share of the total that `energy` puts below its bound, 0...1.
    public var energy: Double
    public var rule: BoxRule
    /// Share of the mass along each axis that `mass` keeps, 0...1.
    public var mass: Double
    /// Share of the blurred maximum, 0...1.
    public var componentThreshold: Double
    /// Standard deviation of `component`'s Gaussian, in pixels of the network's input.
    public var componentBlur: Double
    /// What the finished box grows by on every side, as a share of the input's side, 0...0.5; to whole pixels.
    public var margin: Double

    public init(
        collapse: Collapse = .sum, prune: Prune = .mean, meanMultiplier: Double = 1, stdMultiplier: Double = 0,
        percentage: Double = 0.30, energy: Double = 0.05, rule: BoxRule = .tight, mass: Double = 0.94,
        componentThreshold: Double = 0.2, componentBlur: Double = 16, margin: Double = 0
    ) {
        self.collapse = collapse
        self.prune = prune
        self.meanMultiplier = meanMultiplier
        self.stdMultiplier = stdMultiplier
        self.percentage = percentage
        self.energy = energy
        self.rule = rule
        self.mass = mass
        self.componentThreshold = componentThreshold
        self.componentBlur = componentBlur
        self.margin = margin
    }
}
