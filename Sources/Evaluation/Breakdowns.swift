/// The accuracies of parts of the images: whether a method is good everywhere or only on what is easy.
public struct Breakdowns: Hashable, Sendable {
    /// Some of the images.
    public struct Group: Hashable, Sendable {
        /// Stable, for programs: `small`, `4+`, `right`.
        public let key: String
        /// For readers.
        public let name: String
        public let labelTop1: Rate
        public let labelTop5: Rate
        /// With the label known.
        public let localization: Localization
        /// Images in the group.
        public var images: Int { labelTop1.of }

        /// Walks over the outcomes and keeps their IoU alone: none is copied for a group.
        init(key: String, name: String, _ outcomes: some Sequence<Outcome>) {
            self.key = key
            self.name = name
            var (top1, top5) = (0, 0)
            var ious: [Double] = []
            for outcome in outcomes {
                if outcome.isTop1Right { top1 += 1 }
                if outcome.isTop5Right { top5 += 1 }
                ious.append(outcome.iou)
            }
            labelTop1 = Rate(count: top1, of: ious.count)
            labelTop5 = Rate(count: top5, of: ious.count)
            localization = Localization(ious: ious)
        }
    }

    /// One class's images.
    public struct ClassGroup: Hashable, Sendable {
        /// The class's index.
        public let label: Int
        public let group: Group
    }

    /// The images in three parts of equal number by the size of their objects, which is `BoxCoverage.share`.
    public struct SizeTertiles: Hashable, Sendable {
        /// A size up to `limits.small` is small, above `limits.medium` large: the sizes of the evaluated images at the
        /// ranks ceil(n / 3) and ceil(2n / 3). Equal sizes are never divided, so the parts can be unequal. Nil when
        /// there are no images.
        public let limits: Limits?
        /// `small`, `medium`, `large`.
        public let groups: [Group]

        public struct Limits: Hashable, Sendable {
            public let small: Double
            public let medium: Double
        }

        init(_ outcomes: some Sequence<Outcome>) {
            let sizes = outcomes.map(\.coverage).sorted()
            let small = sizes.isEmpty ? 0 : sizes[(sizes.count + 2) / 3 - 1]
            let medium = sizes.isEmpty ? 0 : sizes[(2 * sizes.count + 2) / 3 - 1]
            limits = sizes.isEmpty ? nil : Limits(small: Double(small), medium: Double(medium))
            groups = [
                Group(key: "small", name: "small objects", outcomes.lazy.filter { $0.coverage <= small }),
                Group(
                    key: "medium", name: "medium objects",
                    outcomes.lazy.filter { $0.coverage > small && $0.coverage <= medium }),
                Group(key: "large", name: "large objects", outcomes.lazy.filter { $0.coverage > medium }),
            ]
        }
    }

    /// Of the classes that have images, by index.
    public let byClass: [ClassGroup]
    public let bySize: SizeTertiles
    /// By the number of true boxes: `1`, `2`, `3`, `4+`; before them `0`, where there are images without a box.
    public let byBoxCount: [Group]
    /// `right`, `wrong`: whether the highest score is the true class's.
    public let byLabel: [Group]

    /// Of the outcomes whose truth is known, in any order; a run with others is not valid anyway.
    init(_ all: [Outcome]) {
        let outcomes = all.lazy.filter(\.hasTruth)
        var members: [Int32: [UInt32]] = [:]
        for (place, outcome) in all.enumerated() where outcome.hasTruth {
            members[outcome.label, default: []].append(UInt32(place))
        }
        byClass = members.sorted { $0.key < $1.key }.map { label, places in
            ClassGroup(
                label: Int(label),
                group: Group(key: "\(label)", name: "class \(label)", places.lazy.map { all[Int($0)] }))
        }
        bySize = SizeTertiles(outcomes)
        let most = 4
        byBoxCount = (0...most).compactMap { count in
            let some = outcomes.filter { count == most ? $0.boxes >= most : $0.boxes == count }
            guard count > 0 || some.contains(where: { _ in true }) else { return nil }
            let key = count == most ? "\(count)+" : "\(count)"
            let name = count == most ? "\(count) or more boxes" : count == 1 ? "1 box" : "\(count) boxes"
            return Group(key: key, name: name, some)
        }
        byLabel = [
            Group(key: "right", name: "label right", outcomes.filter(\.isTop1Right)),
            Group(key: "wrong", name: "label wrong", outcomes.filter { !$0.isTop1Right }),
        ]
    }
}
