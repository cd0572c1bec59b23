/// Where the cells of a layer's map lie in the network's input (selective-tuning.md, sections 8 and 9).
public struct ReadOut: Hashable, Sendable {
    public var field: ReceptiveField
    /// The input itself: cells are pixels.
    public var isImage: Bool

    public init(_ field: ReceptiveField, isImage: Bool = false) {
        self.field = field
        self.isImage = isImage
    }

    /// Of cells that lie alike along both axes.
    public init(stride: Int, start: Int, receptiveField: Int, isImage: Bool = false) {
        let axis = ReceptiveField.Axis(stride: stride, size: receptiveField, start: start)
        self.init(ReceptiveField(x: axis, y: axis), isImage: isImage)
    }

    /// The input as its own read-out.
    public static let image = ReadOut(.pixel, isImage: true)

    /// The input's columns from the first to the last column of a range of cells, `pixels(of:size:)` of the axis.
    func columns(of cells: ClosedRange<Int>, size: Int) -> ClosedRange<Int> {
        field.x.pixels(of: cells, size: size, isImage: isImage)
    }

    func rows(of cells: ClosedRange<Int>, size: Int) -> ClosedRange<Int> {
        field.y.pixels(of: cells, size: size, isImage: isImage)
    }
}

extension ReceptiveField.Axis {
    /// The input pixels from the first to the last cell of a range, with half a receptive field (integer half) on both
    /// sides unless the cells are the pixels, clamped to an input of `size` pixels; inclusive.
    fileprivate func pixels(of cells: ClosedRange<Int>, size inputSize: Int, isImage: Bool) -> ClosedRange<Int> {
        let half = isImage ? 0 : size / 2
        let limit = Swift.max(inputSize - 1, 0)
        let first = Swift.min(Swift.max(stride * cells.lowerBound + start - half, 0), limit)
        let last = Swift.min(Swift.max(stride * cells.upperBound + start + half, 0), limit)
        return first...Swift.max(first, last)
    }

    /// The receptive field of one cell, half open, clamped to an input of `inputSize` pixels; pool1 of AlexNet: [8i - 2,
    /// 8i + 17).
    func pixels(of cell: Int, inputSize: Int) -> Range<Int> {
        let first = stride * cell + start - size / 2
        let from = Swift.min(Swift.max(first, 0), inputSize)
        return from..<Swift.min(Swift.max(first + size, from), inputSize)
    }
}
