import Bytes

/// What a result says about score maps beside the metrics of its boxes.
public struct MapReport: Hashable, Sendable {
    public var accuracy: MapAccuracy
    /// The centred Gaussian on the same images.
    public var baseline: MapAccuracy
    /// Maps of images without an annotation; they take no part.
    public var surplus: [String]

    public init(accuracy: MapAccuracy, baseline: MapAccuracy, surplus: [String]) {
        self.accuracy = accuracy
        self.baseline = baseline
        self.surplus = surplus
    }

    /// The member `score_maps` of the metrics in `summary.json`.
    var json: JSON {
        let maps: [(String, JSON)] = [
            ("blank_maps", .int(accuracy.tally.blank)),
            (
                "surplus_maps",
                .object([
                    ("count", .int(surplus.count)), ("first", JSON(strings: Array(surplus.prefix(10)))),
                ])
            ),
        ]
        let named: [(String, JSON)] = [("name", .string(CentreMap.name))]
        return .object(
            maps + accuracy.members + [
                ("baselines", .array([.object(named + baseline.members)])), ("curve", accuracy.curveJSON),
            ])
    }

    /// For `table.md` and a terminal.
    func table(_ name: String) -> TextTable { MapSummary(self, name: name).table }

    static let explanation =
        "MaxBoxAcc: the largest contour's box, IoU >= .50; V2: any contour's box. The map's threshold is the best on these "
        + "same images, so both are optimistic, the baseline's too. Pointing: the map's maximum within 15 pixels of a box."
}

extension MapAccuracy {
    fileprivate var members: [(String, JSON)] {
        let v2 = MapAccuracy.v2Deltas.map { (decimal($0, places: 2), all(at: $0).json) }
        return [
            ("max_box_acc", maxBoxAcc.json),
            ("max_box_acc_v2", .object([("value", JSON(maxBoxAccV2)), ("at", .object(v2))])),
            (
                "largest_contour",
                .object(MapTally.deltas.map { (decimal($0, places: 2), largest(at: $0).json) })
            ),
            ("pointing_game", pointingGame.json),
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

extension MapAccuracy.Maximum {
    fileprivate var json: JSON {
        .object([
            ("count", .int(rate.count)), ("of", .int(rate.of)), ("rate", JSON(rate.value)),
            ("interval", JSON(rate.interval)), ("threshold", .double(tau)),
        ])
    }
}
