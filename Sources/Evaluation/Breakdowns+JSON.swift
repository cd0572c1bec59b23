import Bytes

extension Breakdowns {
    /// The members `by_class`, `by_size`, `by_box_count` and `by_label` of `summary.json`; what needs a predicted label
    /// is null where there is none.
    func json(hasLabels: Bool) -> JSON {
        .object([
            (
                "by_size",
                .object([
                    ("size", .string("share of the input's area that the ground-truth boxes cover together")),
                    (
                        "limits",
                        bySize.limits.map { .array([.double($0.small), .double($0.medium)]) } ?? .null
                    ),
                    ("groups", .array(bySize.groups.map { $0.json(hasLabels: hasLabels) })),
                ])
            ),
            ("by_box_count", .array(byBoxCount.map { $0.json(hasLabels: hasLabels) })),
            ("by_label", hasLabels ? .array(byLabel.map { $0.json(hasLabels: false) }) : .null),
            ("by_class", classesJSON(hasLabels: hasLabels)),
        ])
    }

    /// A table, because a thousand objects would be most of the file: `columns` names what stands in each of `rows`.
    /// A rate is its count and the two ends of its interval.
    private func classesJSON(hasLabels: Bool) -> JSON {
        var columns = ["class", "images"]
        let rates = ["label_top1"] + Breakdowns.shown.map { "gt_known_\(decimal($0, places: 2))" }
        for rate in rates { columns += [rate, rate + "_low", rate + "_high"] }
        columns += ["mean_iou", "mean_iou_low", "mean_iou_high"]
        let rows = byClass.map { entry -> JSON in
            let group = entry.group
            var values: [JSON] = [.int(entry.label), .int(group.images)]
            values += hasLabels ? group.labelTop1.cells : [.null, .null, .null]
            for threshold in Breakdowns.shown { values += group.localization.rate(at: threshold).cells }
            let interval = group.localization.meanIoUInterval
            values += [JSON(group.localization.meanIoU), JSON(interval?.low), JSON(interval?.high)]
            return .array(values)
        }
        return .object([("columns", JSON(strings: columns)), ("rows", .array(rows))])
    }

    /// The published thresholds.
    static let shown = [0.25, 0.50, 0.75]
}

extension Breakdowns.Group {
    fileprivate func json(hasLabels: Bool) -> JSON {
        .object([
            ("key", .string(key)), ("images", .int(images)),
            ("label_top1", hasLabels ? labelTop1.json : .null),
            ("gt_known", localization.ratesJSON), ("mean_iou", localization.meanJSON),
        ])
    }
}

extension Rate {
    fileprivate var cells: [JSON] { [.int(count), JSON(interval?.low), JSON(interval?.high)] }
}
