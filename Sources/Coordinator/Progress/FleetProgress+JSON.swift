import Bytes

extension FleetProgress {
    /// One object a line of `--progress json`. Of a run in this process alone, which has no nodes, it is shorter.
    public var json: JSON {
        isAlone
            ? .object(
                counts + [
                    ("images_per_second", .double(overall.imagesPerSecond)),
                    ("seconds_left", overall.secondsLeft.map(JSON.double) ?? .null), ("so_far", soFar),
                ])
            : .object(
                counts + [
                    ("images_per_second", .double(recentImagesPerSecond)),
                    ("images_per_second_overall", .double(overall.imagesPerSecond)),
                    ("seconds_left", secondsLeft.map(JSON.double) ?? .null), ("so_far", soFar),
                    ("waiting", waitingReason.map(JSON.string) ?? .null), ("nodes", .array(nodes.map(\.json))),
                ])
    }

    private var counts: [(String, JSON)] {
        let head: [(String, JSON)] = [("event", .string("progress"))] + (place?.json ?? [])
        return head + [
            ("done", .int(overall.done)), ("total", .int(overall.total)),
            ("failed", .int(overall.failed)), ("elapsed_seconds", .double(overall.elapsedSeconds)),
        ]
    }

    private var soFar: JSON {
        .object([
            ("evaluated", .int(accuracy.evaluated)), ("top1", accuracy.top1.map(JSON.double) ?? .null),
            ("iou_at_half", accuracy.localization.map(JSON.double) ?? .null),
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
