/// How many images' boxes fit at each threshold of the map and each threshold of the IoU. Integers alone, so that the
/// tallies of several threads add up to the same whatever the order.
public struct MapTally: Hashable, Sendable {
    /// The thresholds of the IoU, ascending; the benchmark's second version averages over .30, .50 and .70.
    public static let deltas = Localization.thresholds

    public let thresholds: MapThresholds
    public private(set) var images = 0
    /// Images whose map's maximum is on the object.
    public private(set) var pointed = 0
    /// Images whose map is constant or not finite.
    public private(set) var blank = 0
    /// [level, delta]: with the box of the largest contour, and with any contour's.
    public private(set) var largest: [Int]
    public private(set) var all: [Int]

    public init(thresholds: MapThresholds) {
        self.thresholds = thresholds
        largest = [Int](repeating: 0, count: thresholds.levels.count * MapTally.deltas.count)
        all = largest
    }

    /// Counts one image: its IoU at each of the thresholds' levels.
    mutating func add(largest ofLargest: [Double], all ofAll: [Double], isPointed: Bool, isBlank: Bool) {
        images += 1
        if isPointed { pointed += 1 }
        if isBlank { blank += 1 }
        MapTally.count(ofLargest, in: &largest)
        MapTally.count(ofAll, in: &all)
    }

    private static func count(_ ious: [Double], in counts: inout [Int]) {
        var place = 0
        for iou in ious {
            for delta in deltas {
                if iou >= delta { counts[place] += 1 }
                place += 1
            }
        }
    }

    /// Adds the images of another tally with the same thresholds.
    public mutating func add(_ other: MapTally) {
        precondition(thresholds == other.thresholds, "tallies of the same thresholds")
        images += other.images
        pointed += other.pointed
        blank += other.blank
        for place in largest.indices {
            largest[place] += other.largest[place]
            all[place] += other.all[place]
        }
    }
}
