/// The columns of a table of runs, in its order. Names are those of timm's result files where the meaning is the same.
public enum RunColumns {
    /// What a run is.
    static let facts = [
        "model", "method", "preset", "preprocess", "interpolation", "crop_pct", "img_size", "param_count", "iou",
        "class_source", "manifest_sha256", "weights_sha256", "images",
    ]

    /// A number with an interval: its column, and its heading for people. Those of maps and of masks are shown where a run has them.
    struct Measured {
        var name: String
        var heading: String
        var isOfMaps = false
        var hasInterval = true
        /// From 0 to 1 in the place of percent.
        var isShare = false
        /// A narrow terminal does without.
        var isOptional = false
    }

    static let measures = [
        Measured(name: "top1_loc_50", heading: "Top-1 Loc .50"),
        Measured(name: "top5_loc_50", heading: "Top-5 Loc .50", isOptional: true),
        Measured(name: "gt_known_25", heading: "GT-known .25"),
        Measured(name: "gt_known_30", heading: "GT-known .30", isOptional: true),
        Measured(name: "gt_known_50", heading: "GT-known .50"),
        Measured(name: "gt_known_70", heading: "GT-known .70", isOptional: true),
        Measured(name: "gt_known_75", heading: "GT-known .75"),
        Measured(name: "mean_iou", heading: "mean IoU", isShare: true, isOptional: true),
        Measured(name: "max_box_acc", heading: "MaxBoxAcc", isOfMaps: true),
        Measured(name: "max_box_acc_v2", heading: "MaxBoxAccV2", isOfMaps: true),
        Measured(name: "max_box_acc_given", heading: "MaxBoxAcc given", isOfMaps: true),
        Measured(name: "max_box_acc_v2_given", heading: "MaxBoxAccV2 given", isOfMaps: true),
        Measured(name: "pointing", heading: "pointing", isOfMaps: true, isOptional: true),
        Measured(name: "mass_in_box", heading: "in box", isOfMaps: true, isOptional: true),
        Measured(name: "pxap", heading: "PxAP", isOfMaps: true, hasInterval: false),
        Measured(name: "piou", heading: "pIoU", isOfMaps: true, hasInterval: false),
        Measured(name: "top1", heading: "top-1 acc."),
        Measured(name: "top5", heading: "top-5 acc.", isOptional: true),
    ]

    /// Of a file of comma-separated values: what the run is, whether its numbers stand for something, each number with the two
    /// ends of its interval.
    static let csv: [String] = {
        let run = ["run", "model", "method", "preset", "valid", "state", "comparable", "note"]
        let labels = ["top1", "top5"].flatMap { ["\($0)", "\($0)_err", "\($0)_low", "\($0)_high"] }
        let others = measures.filter { !["top1", "top5"].contains($0.name) }.flatMap { column in
            [column.name] + (column.hasInterval ? ["\(column.name)_low", "\(column.name)_high"] : [])
        }
        return run + Array(facts.dropFirst(3)) + labels + others + ["images_sha256", "title"]
    }()
}
