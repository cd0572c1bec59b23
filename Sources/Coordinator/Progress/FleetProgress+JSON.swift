import Bytes

extension FleetProgress {
    /// One object a line of `--progress json`. Its first members are those that a run on one machine always wrote.
    public var json: JSON {
        .object([
            ("event", .string("progress")), ("done", .int(overall.done)), ("total", .int(overall.total)),
            ("failed", .int(overall.failed)), ("elapsed_seconds", .double(overall.elapsedSeconds)),
            ("images_per_second", .double(recentImagesPerSecond)),
            ("images_per_second_overall", .double(overall.imagesPerSecond)),
            ("seconds_left", secondsLeft.map(JSON.double) ?? .null),
            (
                "so_far",
                .object([
                    ("evaluated", .int(accuracy.evaluated)), ("top1", accuracy.top1.map(JSON.double) ?? .null),
                    ("iou_at_half", accuracy.localization.map(JSON.double) ?? .null),
                ])
            ), ("waiting", waitingReason.map(JSON.string) ?? .null),
            ("nodes", .array(nodes.map(\.json))),
        ])
    }
}

extension FleetProgress.Node {
    fileprivate var json: JSON {
        .object([
            ("name", .string(name)), ("address", address.map(JSON.string) ?? .null),
            ("state", .string(state.rawValue)), ("images_per_second", .double(imagesPerSecond)),
            ("done", .int(imagesDone)), ("lease_age_seconds", leaseAgeSeconds.map(JSON.double) ?? .null),
            ("silent_seconds", silentSeconds.map(JSON.double) ?? .null),
            ("reason", reason.map(JSON.string) ?? .null),
        ])
    }
}
