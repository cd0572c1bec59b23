/// A collapsed map: its non-zero cells in row-major order.
package struct CellMap: Hashable, Sendable {
    package struct Cell: Hashable, Sendable {
        package var x: Int
        package var y: Int
        package var value: Int64
    }

    package let width: Int
    package let height: Int
    package var cells: [Cell]

    /// Precondition: the cells stand in row-major order, none twice and none zero.
    init(width: Int, height: Int, cells: [Cell]) {
        self.width = width
        self.height = height
        self.cells = cells
    }

    package init(width: Int, height: Int, dense: [Int64]) {
        self.width = width
        self.height = height
        cells = []
        for y in 0..<height {
            for x in 0..<width {
                let value = dense[y * width + x]
                if value != 0 { cells.append(Cell(x: x, y: y, value: value)) }
            }
        }
    }

    /// The tight columns and rows of all cells, inclusive; nil when there are none.
    package var extent: (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
        guard let first = cells.first, let last = cells.last else { return nil }
        var columns = first.x...first.x
        for cell in cells where !columns.contains(cell.x) {
            columns = Swift.min(columns.lowerBound, cell.x)...Swift.max(columns.upperBound, cell.x)
        }
        return (columns, first.y...last.y)
    }
}
