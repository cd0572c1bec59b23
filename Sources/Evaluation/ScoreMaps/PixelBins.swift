/// The bins in which values from 0 to 1 are counted: [0, 1/n), [1/n, 2/n), ..., [1 - 1/n, 1), and one of 1 alone.
public struct PixelBins: Hashable, Sendable {
    /// The bins' lower ends, ascending from 0 to 1; each is a threshold of the map.
    public let edges: [Double]

    public var count: Int { edges.count }

    /// - Parameter thresholds: n, 1 ... 1000; the WSOL benchmark has 1,000.
    public init(thresholds: Int = 1000) {
        precondition((1...1000).contains(thresholds), "\(thresholds) thresholds")
        // Multiples of the interval, as NumPy's `arange` counts.
        let interval = 1 / Double(thresholds)
        edges = (0..<thresholds).map { Double($0) * interval } + [1]
    }

    /// The bin of a value between 0 and 1.
    func place(_ value: Float) -> Int {
        let value = Double(value)
        var place = min(max(Int(value * Double(count - 1)), 0), count - 1)
        while place > 0, edges[place] > value { place -= 1 }
        while place + 1 < count, edges[place + 1] <= value { place += 1 }
        return place
    }
}
