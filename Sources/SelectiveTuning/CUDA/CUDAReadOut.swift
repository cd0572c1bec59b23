import CKernels

/// What a top-down pass leaves to be taken to the host, and where on its way.
///
/// Without a map that is the columns and rows of the box, found by the device. Where a rule of boxes has no kernel, the
/// map's cells are listed, and the host finds the box.
struct CUDAReadOut: Sendable {
    /// The activation at which the box is found (0 = the picture, n + 1 = layer n).
    let box: Int
    /// The activation whose gating is asked for as it is, above, at or below the box's.
    let map: Int?
    /// How the device finds the box; nil where the host does.
    let extent: Extent?
    /// The lists that are needed: for the box where the host finds it, and the map.
    let lists: [List]
    let collapse: Collapse

    struct Extent: Sendable {
        let rule: ck_extent_rule
        /// Of the mass, quantiles; of the mean, its multiplier first.
        let low, high: Double
    }

    struct List: Sendable, Hashable {
        enum Purpose: Sendable { case box, map }
        let purpose: Purpose
        let activation: Int
        let collapse: Collapse?
        /// Values that an image can have at the most.
        let room: Int
    }

    init(box: Int, map: Int?, options: BoxOptions, shapes: [Shape]) {
        self.box = box
        self.map = map
        collapse = options.collapse
        let shape = shapes[box]
        let extent = Extent(options).flatMap { $0.fits(shape, options.collapse) ? $0 : nil }
        self.extent = extent
        var lists: [List] = []
        if let map { lists.append(List(purpose: .map, activation: map, collapse: nil, room: shapes[map].count)) }
        if extent == nil, map != box {
            lists.append(
                List(
                    purpose: .box, activation: box, collapse: options.collapse, room: shape.height * shape.width))
        }
        self.lists = lists
    }

    /// The last activation that the pass comes to.
    var lowest: Int { min(box, map ?? box) }

    func list(_ purpose: List.Purpose) -> List? { lists.first { $0.purpose == purpose } }
}

extension CUDAReadOut.Extent {
    /// Nil for a rule that sorts, blurs or takes a deviation: rare ones, whose maps the host gets.
    init?(_ options: BoxOptions) {
        switch (options.rule, options.prune) {
        case (.mass, _):
            self.init(rule: CK_EXTENT_MASS, low: (1 - options.mass) / 2, high: (1 + options.mass) / 2)
        case (.tight, .none): self.init(rule: CK_EXTENT_ALL, low: 0, high: 0)
        case (.tight, .mean) where options.stdMultiplier == 0:
            self.init(rule: CK_EXTENT_MEAN, low: options.meanMultiplier, high: 0)
        case (.tight, .meanAll) where options.stdMultiplier == 0:
            self.init(rule: CK_EXTENT_MEAN_ALL, low: options.meanMultiplier, high: 0)
        default: return nil
        }
    }

    /// Whether the kernel takes a map of this size.
    fileprivate func fits(_ shape: Shape, _ collapse: Collapse) -> Bool {
        var call = ck_cuda_extent()
        (call.gating.height, call.gating.width) = (Int32(shape.height), Int32(shape.width))
        call.gating.channels = Int32(shape.channels)
        (call.collapse, call.rule, call.batch) = (collapse.kernel, rule, 1)
        return ck_cuda_extent_launch(&call).kernel != nil
    }
}

extension Collapse {
    var kernel: ck_collapse {
        switch self {
        case .sum: CK_COLLAPSE_SUM
        case .max: CK_COLLAPSE_MAX
        }
    }
}
