/// Section 9, step 4: the columns and rows, inclusive, of a collapsed map that make its box.
extension CellMap {
    package typealias Extent = (columns: ClosedRange<Int>, rows: ClosedRange<Int>)

    /// The interval between the quantiles (1 - q) / 2 and (1 + q) / 2 of the mass along each axis; negative cells are
    /// no mass. Left of the first column lies at most the lower quantile, right of the last one at most as much.
    func massExtent(_ share: Double) -> Extent? {
        var columns = [Int64](repeating: 0, count: width)
        var rows = [Int64](repeating: 0, count: height)
        for cell in cells where cell.value > 0 {
            columns[cell.x] += cell.value
            rows[cell.y] += cell.value
        }
        guard let x = Self.interval(columns, share), let y = Self.interval(rows, share) else { return nil }
        return (x, y)
    }

    private static func interval(_ marginal: [Int64], _ share: Double) -> ClosedRange<Int>? {
        let total = Double(marginal.reduce(0, +))
        guard total > 0 else { return nil }
        let low = (1 - share) / 2 * total
        let high = (1 + share) / 2 * total
        var running: Int64 = 0
        var first: Int?
        var last: Int?
        for (index, mass) in marginal.enumerated() where mass > 0 {
            running += mass
            if first == nil, Double(running) > low { first = index }
            if last == nil, Double(running) >= high { last = index }
        }
        // Nothing lies between the quantiles when a share near 0 falls between two cells: both of them, then.
        guard let first, let last else { return nil }
        return min(first, last)...max(first, last)
    }

    /// The largest 8-connected component (the first in row-major order of equals) of the cells that reach a share of
    /// the blurred map's maximum. sigma in cells, across and down.
    func componentExtent(threshold: Double, sigma: (x: Double, y: Double)) -> Extent? {
        var dense = [Int64](repeating: 0, count: width * height)
        for cell in cells { dense[cell.y * width + cell.x] = cell.value }
        let map = BlurredMap(dense, width: width, height: height, sigma: sigma)
        let maximum = map.maximum
        guard maximum > 0 else { return nil }
        var isOpen = map.values.map { $0 > 0 && $0 >= threshold * maximum }
        var best: (area: Int, extent: Extent)?
        for start in isOpen.indices where isOpen[start] {
            let component = flood(&isOpen, from: start)
            if component.area > best?.area ?? 0 { best = component }
        }
        return best?.extent
    }

    private func flood(_ isOpen: inout [Bool], from start: Int) -> (area: Int, extent: Extent) {
        var stack = [start]
        isOpen[start] = false
        var area = 0
        var (minX, maxX, minY, maxY) = (start % width, start % width, start / width, start / width)
        while let cell = stack.popLast() {
            let (y, x) = cell.quotientAndRemainder(dividingBy: width)
            area += 1
            (minX, maxX, minY, maxY) = (min(minX, x), max(maxX, x), min(minY, y), max(maxY, y))
            for row in max(y - 1, 0)...min(y + 1, height - 1) {
                for column in max(x - 1, 0)...min(x + 1, width - 1) where isOpen[row * width + column] {
                    isOpen[row * width + column] = false
                    stack.append(row * width + column)
                }
            }
        }
        return (area, (minX...maxX, minY...maxY))
    }
}
