/// Where the cells of a layer's map lie in the network's input (selective-tuning.md, sections 8 and 9).
public struct ReadOut: Hashable, Sendable {
    /// Input pixels from one cell to the next.
    public var stride: Int
    /// Input pixel of the centre of cell 0.
    public var start: Int
    /// Input pixels that a cell depends on, along one axis.
    public var receptiveField: Int
    /// The input itself: cells are pixels.
    public var isImage: Bool

    public init(stride: Int, start: Int, receptiveField: Int, isImage: Bool = false) {
        self.stride = stride
        self.start = start
        self.receptiveField = receptiveField
        self.isImage = isImage
    }

    /// The input as its own read-out.
    public static let image = ReadOut(stride: 1, start: 0, receptiveField: 1, isImage: true)

    /// The input pixels from the first to the last cell of a range, with half a receptive field (integer half) on both
    /// sides, clamped to an input of `size` pixels; inclusive.
    func pixels(of cells: ClosedRange<Int>, size: Int) -> ClosedRange<Int> {
        let half = isImage ? 0 : receptiveField / 2
        let limit = Swift.max(size - 1, 0)
        let first = Swift.min(Swift.max(stride * cells.lowerBound + start - half, 0), limit)
        let last = Swift.min(Swift.max(stride * cells.upperBound + start + half, 0), limit)
        return first...Swift.max(first, last)
    }

    /// The receptive field of one cell, half open, clamped to an input of `size` pixels; pool1 of AlexNet: [8i - 2,
    /// 8i + 17).
    func field(of cell: Int, size: Int) -> Range<Int> {
        let first = stride * cell + start - receptiveField / 2
        let from = Swift.min(Swift.max(first, 0), size)
        return from..<Swift.min(Swift.max(first + receptiveField, from), size)
    }
}
