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
    public var maxBoxAccV2: Double? { MapAccuracy.mean(MapAccuracy.v2Deltas.map { all(at: $0).rate }) }

    public static let v2Deltas = [0.30, 0.50, 0.70]

    /// Of `maxBoxAccV2`: the mean of the three rates' intervals, which is no narrower than one of the mean would be, however
    /// the three hang together. Nil without images.
    public var maxBoxAccV2Interval: Interval? { MapAccuracy.interval(MapAccuracy.v2Deltas.map { all(at: $0).rate }) }

    static func interval(_ rates: [Rate]) -> Interval? {
        let intervals = rates.compactMap(\.interval)
        guard !intervals.isEmpty else { return nil }
        let count = Double(intervals.count)
        return Interval(
            low: intervals.reduce(0) { $0 + $1.low } / count, high: intervals.reduce(0) { $0 + $1.high } / count)
    }

    static func mean(_ rates: [Rate]) -> Double? {
        let values = rates.compactMap(\.value)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The maximum with the largest contour's box at one of `MapTally.deltas`.
    public func largest(at delta: Double) -> Maximum { maximum(tally.largest, delta) }

    /// The maximum with any contour's box at one of `MapTally.deltas`.
    public func all(at delta: Double) -> Maximum { maximum(tally.all, delta) }

    public var pointingGame: Rate { Rate(count: tally.pointed, of: tally.images) }

    /// The mean over the images of the share of the map, between its least and its greatest value, that lies in a true box; of
    /// a blank map it is 0. Nil without images.
    public var massInBox: MeanShare {
        guard tally.images > 0 else { return MeanShare(value: nil, interval: nil) }
        let count = Double(tally.images)
        let mean = Double(tally.massShares) * 0x1p-32 / count
        guard tally.images > 1 else { return MeanShare(value: mean, interval: nil) }
        let variance = max(0, Double(tally.massSquares) * 0x1p-40 / count - mean * mean) * count / (count - 1)
        let half = Interval.z * (variance / count).squareRoot()
        return MeanShare(value: mean, interval: Interval(low: max(0, mean - half), high: min(1, mean + half)))
    }

    /// What a threshold chosen elsewhere gives with the largest contour's box, or with any contour's.
    func rate(_ counts: KeyPath<MapTally, [Int]>, at delta: Double, tau: Double) -> Rate {
        let place = tally.thresholds.taus.firstIndex(of: tau).map { tally.thresholds.places[$0] }
        guard let place else { preconditionFailure("\(tau) is none of the thresholds") }
        let column = MapAccuracy.column(delta)
        return Rate(count: tally[keyPath: counts][place * MapTally.deltas.count + column], of: tally.images)
    }

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

/// A mean of shares and its 95 % interval (normal); nil where there are too few images.
public struct MeanShare: Hashable, Sendable {
    public var value: Double?
    public var interval: Interval?
}
