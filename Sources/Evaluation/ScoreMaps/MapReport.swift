import Bytes

/// What a result says about score maps beside the metrics of its boxes.
public struct MapReport: Hashable, Sendable {
    public var accuracy: MapAccuracy
    /// The centred Gaussian on the same images.
    public var baseline: MapAccuracy
    /// Maps of images without an annotation; they take no part. Nil in a run, which has none.
    public var surplus: [String]?
    /// Thresholds that were not chosen on these images.
    public var given: GivenThresholds?
    /// Against the images' masks; nil where they have none.
    public var pixels: Pixels?

    public struct Pixels: Hashable, Sendable {
        public var accuracy: PixelAccuracy
        /// The centred Gaussian's.
        public var baseline: PixelAccuracy

        public init(accuracy: PixelAccuracy, baseline: PixelAccuracy) {
            (self.accuracy, self.baseline) = (accuracy, baseline)
        }
    }

    public init(
        accuracy: MapAccuracy, baseline: MapAccuracy, surplus: [String]? = nil, given: GivenThresholds? = nil,
        pixels: Pixels? = nil
    ) {
        self.pixels = pixels
        self.accuracy = accuracy
        self.baseline = baseline
        self.surplus = surplus
        self.given = given
    }

    /// The member `score_maps` of the metrics in `summary.json`.
    var json: JSON {
        var members: [(String, JSON)] = [("blank_maps", .int(accuracy.tally.blank))]
        if let surplus {
            members.append(
                (
                    "surplus_maps",
                    .object([
                        ("count", .int(surplus.count)), ("first", JSON(strings: Array(surplus.prefix(10)))),
                    ])
                ))
        }
        members.append(("thresholds", .string("oracle")))
        members += accuracy.members
        if let pixels { members += pixels.accuracy.members }
        if let given { members.append(("given_thresholds", given.json(accuracy))) }
        let named: [(String, JSON)] = [("name", .string(CentreMap.name))]
        return .object(
            members + [
                ("baselines", .array([.object(named + baseline.members + (pixels?.baseline.members ?? []))])),
                ("curve", accuracy.curveJSON),
            ] + (pixels.map { [("pixels", $0.accuracy.histogramJSON)] } ?? []))
    }

    /// For `table.md` and a terminal.
    func table(_ name: String) -> TextTable { MapSummary(self, name: name).table }

    var explanation: String { Self.explanation(given: given?.title, hasMasks: pixels != nil) }

    /// - Parameters:
    ///   - given: the run whose thresholds stand beside the oracle's; nil where none do.
    ///   - hasMasks: whether `PxAP` and `pIoU` stand there.
    static func explanation(given: String?, hasMasks: Bool) -> String {
        "MaxBoxAcc: the largest contour's box, IoU >= .50; V2: any contour's box, the mean over IoU >= .30, .50, .70. Oracle: "
            + "the map's thresholds are the best on these same images, so that both are optimistic"
            + (given.map { "; the thresholds of \($0) were chosen on its images. " }
                ?? ", the baseline's too. ")
            + "Pointing: the map's maximum within 15 pixels of a box. In box: the share of the map that lies in a true box."
            + (hasMasks
                ? " PxAP: of all images' pixels together, the area under precision against recall of the objects' pixels; pIoU: "
                    + "their intersection over union at the best threshold, the oracle's too."
                : "")
    }
}

extension MapAccuracy {
    fileprivate var members: [(String, JSON)] {
        let v2 = MapAccuracy.v2Deltas.map { (decimal($0, places: 2), all(at: $0).json) }
        return [
            ("max_box_acc", maxBoxAcc.json),
            (
                "max_box_acc_v2",
                .object([
                    ("value", JSON(maxBoxAccV2)), ("interval", JSON(maxBoxAccV2Interval)), ("at", .object(v2)),
                ])
            ),
            (
                "largest_contour",
                .object(MapTally.deltas.map { (decimal($0, places: 2), largest(at: $0).json) })
            ),
            ("pointing_game", pointingGame.json),
            (
                "mass_in_box",
                .object([("value", JSON(massInBox.value)), ("interval", JSON(massInBox.interval))])
            ),
        ]
    }

    /// Counts of images at each threshold.
    fileprivate var curveJSON: JSON {
        let names = MapTally.deltas.map { decimal($0, places: 2) }
        let columns =
            MapTally.deltas.map { curve(\.largest, at: $0) } + MapTally.deltas.map { curve(\.all, at: $0) }
        let header = ["threshold"] + names.map { "largest_\($0)" } + names.map { "all_\($0)" }
        let rows = tally.thresholds.taus.enumerated().map { place, tau in
            JSON.array([.double(tau)] + columns.map { .int($0[place]) })
        }
        return .object([("columns", JSON(strings: header)), ("rows", .array(rows))])
    }
}

extension PixelAccuracy {
    fileprivate var members: [(String, JSON)] {
        [
            ("pxap", JSON(averagePrecision)),
            (
                "piou",
                .object([("value", JSON(overlap?.iou)), ("threshold", JSON(overlap?.threshold))])
            ),
        ]
    }

    /// Pixels of all images by the bin of the map's value.
    fileprivate var histogramJSON: JSON {
        .object([
            ("thresholds", .int(tally.bins.count - 1)),
            ("foreground", .array(tally.foreground.map { .int($0) })),
            ("background", .array(tally.background.map { .int($0) })),
        ])
    }
}

extension MapAccuracy.Maximum {
    var json: JSON {
        .object([
            ("count", .int(rate.count)), ("of", .int(rate.of)), ("rate", JSON(rate.value)),
            ("interval", JSON(rate.interval)), ("threshold", .double(tau)),
        ])
    }
}
