import CKernels

/// What a method reads out at a layer, one value a unit: gating, or a class activation. Sparse, 48 fraction bits.
public struct ReadOutMap: Hashable, Sendable {
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

    /// One value a cell; what is left out is 0. Time and memory follow the entries, not the map's area.
    package func collapsed(_ rule: Collapse) -> CellMap {
        var index = CellIndex(count: width * height)
        let channels = Int32(channels)
        for entry in entries { index.insert(Int(entry.index / channels)) }
        let occupied = index.finish()
        var values = [Int64](repeating: 0, count: occupied)
        switch rule {
        case .sum:
            // Bounded by the sum of the absolute values.
            for entry in entries { values[index.place(of: Int(entry.index / channels))] += entry.value }
        case .max:
            var members = [Int32](repeating: 0, count: occupied)
            for entry in entries {
                let place = index.place(of: Int(entry.index / channels))
                values[place] = members[place] == 0 ? entry.value : Swift.max(values[place], entry.value)
                members[place] += 1
            }
            // Where a channel is absent, its 0 takes part.
            for place in values.indices where members[place] < channels { values[place] = Swift.max(values[place], 0) }
        }
        var cells: [CellMap.Cell] = []
        cells.reserveCapacity(occupied)
        var place = 0
        index.forEach { cell in
            if values[place] != 0 { cells.append(CellMap.Cell(x: cell % width, y: cell / width, value: values[place])) }
            place += 1
        }
        return CellMap(width: width, height: height, cells: cells)
    }
}
