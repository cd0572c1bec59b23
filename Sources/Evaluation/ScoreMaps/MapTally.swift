import SelectiveTuning

/// How many images' boxes fit at each threshold of the map and each threshold of the IoU. Integers alone, so that the
/// tallies of several threads add up to the same whatever the order.
public struct MapTally: Hashable, Sendable {
    /// The thresholds of the IoU, ascending; the benchmark's second version averages over .30, .50 and .70.
    public static let deltas = Localization.thresholds

    public let thresholds: MapThresholds
    public let convention: IoUConvention
    public private(set) var images = 0
    /// Images whose map's maximum is on the object.
    public private(set) var pointed = 0
    /// Images whose map is constant or not finite.
    public private(set) var blank = 0
    /// [level, delta]: with the box of the largest contour, and with any contour's.
    public private(set) var largest: [Int]
    public private(set) var all: [Int]
    /// The shares of the maps' masses that lie in true boxes, summed in units of 2^-32; and the squares of the same in units of
    /// 2^-20, rounded down.
    private(set) var massShares = 0
    private(set) var massSquares = 0

    public init(thresholds: MapThresholds, convention: IoUConvention) {
        self.thresholds = thresholds
        self.convention = convention
        largest = [Int](repeating: 0, count: thresholds.levels.count * MapTally.deltas.count)
        all = largest
    }

    /// Counts one image.
    /// - Parameter truth: its true boxes in the input.
    public mutating func add(_ profile: MapProfile, truth: [Box]) {
        images += 1
        if profile.isBlank { blank += 1 }
        if let maximum = profile.maximum, PointingGame.isHit(x: Int(maximum.x), y: Int(maximum.y), truth) {
            pointed += 1
        }
        if profile.mass > 0 {
            let share = Int(UInt64(profile.massInside) << 32 / UInt64(profile.mass))
            massShares += share
            massSquares += (share >> 12) * (share >> 12)
        }
        let ofLargest = profile.largest.map { fitting($0.box, truth) }
        let ofBest = profile.best.map { run -> Int? in
            switch run.choice {
            case .none: 0
            case .largest: nil
            case .other(let box): fitting(box, truth)
            }
        }
        let columns = MapTally.deltas.count
        var (run, bestRun) = (0, 0)
        for (place, level) in thresholds.levels.enumerated() {
            while run + 1 < ofLargest.count, Int(profile.largest[run + 1].first) <= level { run += 1 }
            while bestRun + 1 < ofBest.count, Int(profile.best[bestRun + 1].first) <= level { bestRun += 1 }
            for column in 0..<ofLargest[run] { largest[place * columns + column] += 1 }
            for column in 0..<(ofBest[bestRun] ?? ofLargest[run]) { all[place * columns + column] += 1 }
        }
    }

    /// How many of `deltas` the box's IoU reaches: the first ones.
    private func fitting(_ box: PixelBox, _ truth: [Box]) -> Int {
        let iou = convention.best(box.box, truth)
        return MapTally.deltas.firstIndex { iou < $0 } ?? MapTally.deltas.count
    }

    /// Adds the images of another tally with the same thresholds.
    public mutating func add(_ other: MapTally) {
        precondition(thresholds == other.thresholds && convention == other.convention, "tallies of the same kind")
        images += other.images
        pointed += other.pointed
        blank += other.blank
        massShares += other.massShares
        massSquares += other.massSquares
        for place in largest.indices {
            largest[place] += other.largest[place]
            all[place] += other.all[place]
        }
    }
}
