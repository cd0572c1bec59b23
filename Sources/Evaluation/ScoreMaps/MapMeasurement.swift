import SelectiveTuning

/// How a run's maps are measured beside its boxes.
public struct MapMeasurement: Hashable, Sendable {
    /// The side of the network's square input in pixels.
    public var inputSize: Int
    public var thresholds: MapThresholds
    /// Thresholds that were not chosen on the run's images.
    public var given: GivenThresholds?

    public init(inputSize: Int, thresholds: MapThresholds, given: GivenThresholds? = nil) {
        (self.inputSize, self.thresholds, self.given) = (inputSize, thresholds, given)
    }

    /// One walk over the images: the maps' tally, and the baseline's.
    struct Walk {
        private let given: GivenThresholds?
        private var tally: MapTally
        private var centre: CentreMap.Walk

        /// Nil when there is no memory.
        init?(_ how: MapMeasurement, convention: IoUConvention) {
            guard
                let centre = CentreMap.Walk(
                    inputSize: how.inputSize, thresholds: how.thresholds, convention: convention)
            else { return nil }
            self.centre = centre
            given = how.given
            tally = MapTally(thresholds: how.thresholds, convention: convention)
        }

        mutating func add(_ map: MapFinding) {
            tally.add(map.profile, truth: map.truth)
            centre.add(map.truth)
        }

        var report: MapReport {
            MapReport(accuracy: MapAccuracy(tally), baseline: MapAccuracy(centre.tally), given: given)
        }
    }
}

/// What was found in an image's map, and the true boxes that it was compared with, in the input.
public struct MapFinding: Hashable, Sendable {
    public var profile: MapProfile
    public var truth: [Box]

    public init(profile: MapProfile, truth: [Box]) { (self.profile, self.truth) = (profile, truth) }
}
