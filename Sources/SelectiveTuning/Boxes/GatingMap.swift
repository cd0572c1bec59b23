import CKernels

/// The gating at a read-out: sparse, 48 fraction bits.
public struct GatingMap: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// (y * width + x) * channels + c
        public var index: Int32
        public var value: Int64

        public init(index: Int32, value: Int64) {
            self.index = index
            self.value = value
        }
    }

    public let width: Int
    public let height: Int
    public let channels: Int
    /// Each index at most once, in any order. The sum of the absolute values is below 2^63.
    public let entries: [Entry]

    /// Precondition: every index lies inside the map.
    public init(width: Int, height: Int, channels: Int, entries: [Entry]) {
        precondition(width > 0 && height > 0 && channels > 0)
        let count = width * height * channels
        precondition(entries.allSatisfy { $0.index >= 0 && Int($0.index) < count })
        self.width = width
        self.height = height
        self.channels = channels
        self.entries = entries
    }

    /// From a dense map, [height][width][channels].
    public init(width: Int, height: Int, channels: Int, values: [Int64]) {
        precondition(values.count == width * height * channels)
        self.init(
            width: width, height: height, channels: channels,
            entries: values.enumerated().compactMap { index, value in
                value == 0 ? nil : Entry(index: Int32(index), value: value)
            })
    }

    /// What a layer's top-down pass left.
    package init(_ gating: ck_gating) {
        var entries: [Entry] = []
        entries.reserveCapacity(Int(gating.count))
        for i in 0..<Int(gating.count) {
            let index = gating.list[i]
            let value = gating.value[Int(index)]
            if value != 0 { entries.append(Entry(index: index, value: value)) }
        }
        self.init(
            width: Int(gating.width), height: Int(gating.height), channels: Int(gating.channels), entries: entries)
    }

    /// One value a cell; what is left out is 0.
    package func collapsed(_ rule: Collapse) -> CellMap {
        var cells = [Int64](repeating: 0, count: width * height)
        switch rule {
        case .sum:
            // Bounded by the sum of the absolute values.
            for entry in entries { cells[Int(entry.index) / channels] += entry.value }
        case .max:
            var members = [Int32](repeating: 0, count: width * height)
            for entry in entries {
                let cell = Int(entry.index) / channels
                cells[cell] = members[cell] == 0 ? entry.value : Swift.max(cells[cell], entry.value)
                members[cell] += 1
            }
            // Where a channel is absent, its 0 takes part.
            for entry in entries {
                let cell = Int(entry.index) / channels
                if members[cell] < channels { cells[cell] = Swift.max(cells[cell], 0) }
            }
        }
        return CellMap(width: width, height: height, dense: cells)
    }
}

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
