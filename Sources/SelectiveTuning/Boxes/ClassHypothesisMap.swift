/// The class-hypothesis map: where in the input the evidence for a class lies (selective-tuning.md, section 10).
public struct ClassHypothesisMap: Sendable {
    /// The input's width and height in pixels.
    public let size: Int
    /// [size][size], gating spread over receptive fields and blurred.
    public let values: [Float]

    public init(size: Int, values: [Float]) {
        precondition(size > 0 && values.count == size * size, "values do not fill the map")
        self.size = size
        self.values = values
    }

    /// Collapses and prunes the map, adds each kept cell's value to its whole receptive field, and blurs
    /// with sigma = input / 40 (reflected border, truncated at 4 sigma).
    public static func render(
        map: ReadOutMap, readOut: ReadOut, inputSize: Int, options: BoxOptions = BoxOptions()
    ) -> ClassHypothesisMap {
        let cells = map.collapsed(options.collapse).pruned(options)
        let spread = spread(cells, readOut: readOut, size: inputSize)
        let blurred = BlurredMap(
            spread, width: inputSize, height: inputSize, sigma: (Double(inputSize) / 40, Double(inputSize) / 40))
        let values = blurred.values.map { Float($0 * blurred.unit) }
        return ClassHypothesisMap(size: inputSize, values: values)
    }

    /// [size][size] in fixed point: every cell's value over its receptive field, by differences summed along both axes.
    private static func spread(_ cells: CellMap, readOut: ReadOut, size: Int) -> [Int64] {
        let side = size + 1
        var sums = [Int64](repeating: 0, count: side * side)
        for cell in cells.cells {
            let x = readOut.field.x.pixels(of: cell.x, inputSize: size)
            let y = readOut.field.y.pixels(of: cell.y, inputSize: size)
            // Differences may pass 2^63 on the way; the sums do not, and arithmetic is modulo 2^64.
            sums[y.lowerBound * side + x.lowerBound] &+= cell.value
            sums[y.lowerBound * side + x.upperBound] &-= cell.value
            sums[y.upperBound * side + x.lowerBound] &-= cell.value
            sums[y.upperBound * side + x.upperBound] &+= cell.value
        }
        var result = [Int64](repeating: 0, count: size * size)
        for y in 0..<size {
            var row: Int64 = 0
            for x in 0..<size {
                row &+= sums[y * side + x]
                result[y * size + x] = row &+ (y > 0 ? result[(y - 1) * size + x] : 0)
            }
        }
        return result
    }
}
