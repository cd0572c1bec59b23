/// Where the cells of an activation map lie in the input picture, selective-tuning.md section 8: one answer for each axis,
/// since kernels and strides may differ. All in input pixels.
public struct ReceptiveField: Sendable, Hashable {
    /// Across, and down.
    public var x: Axis
    public var y: Axis

    public init(x: Axis, y: Axis) {
        self.x = x
        self.y = y
    }

    public struct Axis: Sendable, Hashable {
        /// Distance between the centres of neighbouring cells.
        public var stride: Int
        /// Pixels that a cell sees, from the first to the last.
        public var size: Int
        /// Centre of the first cell's field, truncated to an integer.
        public var start: Int

        public init(stride: Int, size: Int, start: Int) {
            self.stride = stride
            self.size = size
            self.start = start
        }
    }

    static let pixel = ReceptiveField(
        x: Axis(stride: 1, size: 1, start: 0), y: Axis(stride: 1, size: 1, start: 0))

    /// One unit over the whole of a map.
    func throughAll(of input: Shape) -> ReceptiveField {
        ReceptiveField(
            x: x.through(kernel: input.width, stride: 1, before: input.width, after: 1, firstTap: nil),
            y: y.through(kernel: input.height, stride: 1, before: input.height, after: 1, firstTap: nil))
    }

    /// Of layers that join others: along each axis the largest field, the first of equals.
    static func largest(of fields: [ReceptiveField]) -> ReceptiveField {
        ReceptiveField(
            x: fields.map(\.x).max { $0.size < $1.size }!, y: fields.map(\.y).max { $0.size < $1.size }!)
    }
}

extension ReceptiveField.Axis {
    /// One sliding window further; `before` and `after` are the sides of its input and output maps.
    ///
    /// `firstTap`: where the first window begins, for padding that differs on both sides. Nil: the windows lie centred on
    /// the map, as the reference program has it also where they reach further on one side.
    func through(kernel: Int, stride step: Int, before: Int, after: Int, firstTap: Int?) -> Self {
        // Twice the offset, so that an even kernel's half pixel stays exact until the end.
        let first: Int
        if let firstTap {
            first = firstTap
        } else {
            let overhang = (after - 1) * step - before + kernel
            first = overhang >= 0 ? -((overhang + 1) / 2) : -overhang / 2
        }
        let twice = (kernel - 1 + 2 * first) * stride
        // No real network comes near the limit; a description may, and must not overflow.
        return Self(
            stride: min(stride * step, 1 << 30), size: size + (kernel - 1) * stride, start: start + twice / 2)
    }
}
