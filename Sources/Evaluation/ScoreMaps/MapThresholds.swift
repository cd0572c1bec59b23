/// The thresholds at which score maps are cut: tau = 0, 1/n, ... as shares of a map's greatest value, which is level 255.
/// A pixel belongs to the object where its level is above floor(tau * 255).
public struct MapThresholds: Hashable, Sendable {
    /// 0 <= tau < 1, ascending.
    public let taus: [Double]
    /// The different levels among them, ascending: more thresholds than levels say nothing new.
    public let levels: [Int]
    /// For each of `taus` the index of its level in `levels`.
    public let places: [Int]

    /// The level of one of `taus`.
    public func level(_ tau: Double) -> Int {
        guard let index = taus.firstIndex(of: tau) else { preconditionFailure("\(tau) is none of the thresholds") }
        return levels[places[index]]
    }

    /// - Parameter count: 1 ... 1000; the WSOL benchmark's papers have 100 and 1000.
    public init(count: Int = 100) {
        precondition((1...1000).contains(count), "\(count) thresholds")
        taus = (0..<count).map { Double($0) / Double(count) }
        var levels: [Int] = []
        var places: [Int] = []
        // A multiple of the interval, as NumPy's `arange` counts: where 255 tau is nearly an integer, the last bit decides.
        let interval = 1 / Double(count)
        for index in 0..<count {
            let level = Int(Double(index) * interval * 255)
            if levels.last != level { levels.append(level) }
            places.append(levels.count - 1)
        }
        self.levels = levels
        self.places = places
    }
}
