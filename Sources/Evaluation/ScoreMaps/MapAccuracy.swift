/// The WSOL benchmark's metrics over score maps, and the pointing game (Choe et al. 2020; Zhang et al. 2016).
public struct MapAccuracy: Hashable, Sendable {
    /// The rate at the threshold of the map at which most boxes fit. That threshold is chosen on the images that are then
    /// counted, as the benchmark does, so that the rate is optimistic.
    public struct Maximum: Hashable, Sendable {
        /// The threshold of the IoU.
        public let delta: Double
        /// The threshold of the map, a share of its greatest value; the lowest of equals.
        public let tau: Double
        public let rate: Rate
    }

    public let tally: MapTally

    public init(_ tally: MapTally) { self.tally = tally }

    /// `MaxBoxAcc`: the box of the largest contour, IoU >= .50.
    public var maxBoxAcc: Maximum { largest(at: 0.5) }

    /// `MaxBoxAccV2`: the mean over IoU >= .30, .50, .70 of the maximum with any contour's box. Nil without images.
    public var maxBoxAccV2: Double? {
        let rates = MapAccuracy.v2Deltas.compactMap { all(at: $0).rate.value }
        return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    }

    public static let v2Deltas = [0.30, 0.50, 0.70]

    /// The maximum with the largest contour's box at one of `MapTally.deltas`.
    public func largest(at delta: Double) -> Maximum { maximum(tally.largest, delta) }

    /// The maximum with any contour's box at one of `MapTally.deltas`.
    public func all(at delta: Double) -> Maximum { maximum(tally.all, delta) }

    /// Which of the thresholds' levels gives `maxBoxAcc`.
    public var chosenPlace: Int { place(tally.largest, 0.5) }

    public var pointingGame: Rate { Rate(count: tally.pointed, of: tally.images) }

    /// Counts of images at each threshold of the map with IoU >= delta.
    public func curve(_ counts: KeyPath<MapTally, [Int]>, at delta: Double) -> [Int] {
        let column = MapAccuracy.column(delta)
        return tally.thresholds.places.map { tally[keyPath: counts][$0 * MapTally.deltas.count + column] }
    }

    private func maximum(_ counts: [Int], _ delta: Double) -> Maximum {
        let place = place(counts, delta)
        let count = counts[place * MapTally.deltas.count + MapAccuracy.column(delta)]
        let tau = tally.thresholds.taus[tally.thresholds.places.firstIndex(of: place)!]
        return Maximum(delta: delta, tau: tau, rate: Rate(count: count, of: tally.images))
    }

    private func place(_ counts: [Int], _ delta: Double) -> Int {
        let column = MapAccuracy.column(delta)
        var best = 0
        for place in tally.thresholds.levels.indices
        where counts[place * MapTally.deltas.count + column] > counts[best * MapTally.deltas.count + column] {
            best = place
        }
        return best
    }

    private static func column(_ delta: Double) -> Int {
        guard let column = MapTally.deltas.firstIndex(of: delta) else {
            preconditionFailure("\(delta) is none of \(MapTally.deltas)")
        }
        return column
    }
}
