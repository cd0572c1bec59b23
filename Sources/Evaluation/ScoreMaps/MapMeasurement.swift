import SelectiveTuning

/// How a run's maps are measured beside its boxes.
public struct MapMeasurement: Hashable, Sendable {
    /// The side of the network's square input in pixels.
    public var inputSize: Int
    public var thresholds: MapThresholds
    /// Thresholds that were not chosen on the run's images.
    public var given: GivenThresholds?
    /// In which values are counted against the images' masks; nil where they have none.
    public var bins: PixelBins?

    public init(
        inputSize: Int, thresholds: MapThresholds, given: GivenThresholds? = nil, bins: PixelBins? = nil
    ) {
        (self.inputSize, self.thresholds, self.given, self.bins) = (inputSize, thresholds, given, bins)
    }

    /// One walk over the images: the maps' tally, and the baseline's.
    struct Walk {
        private let given: GivenThresholds?
        private var tally: MapTally
        private var centre: CentreMap.Walk
        private var pixels: PixelMeter?

        /// Nil when there is no memory.
        init?(_ how: MapMeasurement, convention: IoUConvention) {
            guard
                let centre = CentreMap.Walk(
                    inputSize: how.inputSize, thresholds: how.thresholds, convention: convention)
            else { return nil }
            self.centre = centre
            given = how.given
            tally = MapTally(thresholds: how.thresholds, convention: convention)
            guard let bins = how.bins else { return }
            pixels = PixelMeter(inputSize: how.inputSize, bins: bins)
            if pixels == nil { return nil }
        }

        mutating func add(_ map: MapFinding) {
            tally.add(map.profile, truth: map.truth)
            centre.add(map.truth)
            if let found = map.pixels { pixels?.add(found) }
        }

        var report: MapReport {
            MapReport(
                accuracy: MapAccuracy(tally), baseline: MapAccuracy(centre.tally), given: given, pixels: pixels?.report)
        }
    }
}

/// What was found in an image's map, and the true boxes that it was compared with, in the input.
public struct MapFinding: Hashable, Sendable {
    public var profile: MapProfile
    public var truth: [Box]
    /// Against the image's masks; nil where it has none.
    public var pixels: PixelFinding?

    public init(profile: MapProfile, truth: [Box], pixels: PixelFinding? = nil) {
        (self.profile, self.truth, self.pixels) = (profile, truth, pixels)
    }
}
