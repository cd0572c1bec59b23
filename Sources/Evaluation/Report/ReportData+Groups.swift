import Bytes

/// Groups of images that are easier or harder than others: those of `Breakdowns`, with a baseline on the same images.
extension ReportData {
    /// Up to where objects are small and medium; the limits of `Breakdowns.SizeTertiles`.
    private var sizeLimits: (small: Float, medium: Float)? {
        let sizes = points.map(\.coverage).filter { $0.isFinite }.sorted()
        guard sizes.count >= 3 else { return nil }
        return (sizes[(sizes.count + 2) / 3 - 1], sizes[(2 * sizes.count + 2) / 3 - 1])
    }

    /// A sentence that says what small and large are; nothing where sizes are not known.
    var sizeSentence: String {
        guard let limits = sizeLimits else { return "" }
        let small = decimal(100 * Double(limits.small), places: 0)
        let medium = decimal(100 * Double(limits.medium), places: 0)
        return "Sizes are thirds of the images by the share of the input that their ground-truth boxes cover: "
            + "up to \(small) %, up to \(medium) %, and more. "
    }

    /// The share of images with IoU >= .5 in each group; groups without an image are left out.
    ///
    /// - Parameters:
    ///   - baseline: a baseline's IoU on each of the points.
    ///   - hasLabels: whether the run says which class was found.
    func groups(baseline: [Double]?, hasLabels: Bool) -> [GroupChart.Group] {
        func row(_ name: String, _ belongs: (Outcome) -> Bool) -> GroupChart.Row? {
            let members = points.indices.filter { belongs(points[$0]) }
            guard !members.isEmpty else { return nil }
            let right = members.count { points[$0].iou >= 0.5 }
            let other = baseline.map { baseline in
                Rate(count: members.count { baseline[$0] >= 0.5 }, of: members.count)
            }
            return GroupChart.Row(name: name, rate: Rate(count: right, of: members.count), baseline: other)
        }
        var groups: [GroupChart.Group] = []
        if let limits = sizeLimits {
            groups.append(
                .init(
                    title: "Object size",
                    rows: [
                        row("small") { $0.coverage <= limits.small },
                        row("medium") { $0.coverage > limits.small && $0.coverage <= limits.medium },
                        row("large") { $0.coverage > limits.medium },
                    ].compactMap(\.self)))
        }
        if hasTruth {
            groups.append(
                .init(
                    title: "Ground-truth boxes",
                    rows: [
                        row("one") { $0.boxes == 1 }, row("two") { $0.boxes == 2 }, row("three") { $0.boxes == 3 },
                        row("four or more") { $0.boxes > 3 },
                    ].compactMap(\.self)))
        }
        if hasLabels {
            groups.append(
                .init(
                    title: "Label",
                    rows: [row("right", \.isTop1Right), row("wrong") { !$0.isTop1Right }].compactMap(\.self)))
        }
        return groups
    }
}
