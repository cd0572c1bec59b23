/// The shares of images that a threshold of `Localization.thresholds` lets pass: with the label known, all images may;
/// in Top-1 localization only those whose highest score is the true class's; in Top-5 localization only those with the
/// true class among the five highest (Russakovsky et al. 2015; .50 is the published threshold).
public struct ThresholdRates: Hashable, Sendable {
    /// One for each of `Localization.thresholds`.
    public let rates: [Rate]

    /// - Parameters:
    ///   - ious: of the images that may pass.
    ///   - total: how many images there are, the others included.
    public init(ious: [Double], of total: Int) {
        rates = Localization.thresholds.map { threshold in
            Rate(count: ious.count { $0 >= threshold }, of: total)
        }
    }

    /// One rate for each of `Localization.thresholds`.
    init(rates: [Rate]) {
        precondition(rates.count == Localization.thresholds.count, "a rate for each threshold")
        self.rates = rates
    }

    /// The rate at one of `Localization.thresholds`.
    public func rate(at threshold: Double) -> Rate {
        guard let index = Localization.thresholds.firstIndex(of: threshold) else {
            preconditionFailure("\(threshold) is none of \(Localization.thresholds)")
        }
        return rates[index]
    }
}
