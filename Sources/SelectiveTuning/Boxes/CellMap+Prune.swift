/// Section 9, step 3. Sums are integers; what is not a sum is one rounded double operation after the other.
extension CellMap {
    /// The cells whose value is at least the rule's lower bound. Only non-zero cells are ever kept.
    package func pruned(_ options: BoxOptions) -> CellMap {
        guard !cells.isEmpty else { return self }
        var kept = self
        switch options.prune {
        case .none:
            break
        case .mean:
            kept.keep(atLeast: meanBound(over: cells.count, options))
        case .meanAll:
            kept.keep(atLeast: meanBound(over: width * height, options))
        case .percentile:
            let sorted = cells.map(\.value).sorted()
            let index = (options.percentage * Double(sorted.count)).rounded(.down)
            let bound = sorted[Int(Swift.min(Swift.max(index, 0), Double(sorted.count - 1)))]
            kept.cells.removeAll { $0.value < bound }
        case .energy:
            let bound = energyBound(options.energy)
            kept.cells.removeAll { $0.value < bound }
        }
        return kept
    }

    private mutating func keep(atLeast bound: Double) {
        cells.removeAll { !(Double($0.value) >= bound) }
    }

    /// In units of fixed point. `count` cells take part: those that are not listed are 0.
    private func meanBound(over count: Int, _ options: BoxOptions) -> Double {
        let sum = cells.reduce(Int64(0)) { $0 + $1.value }
        let mean = Double(sum) / Double(count)
        let bound = options.meanMultiplier * mean
        guard options.stdMultiplier != 0 else { return bound }
        // Each term is rounded to an integer first, so that their order does not matter.
        var squares = SquareSum()
        for cell in cells { squares.add(Double(cell.value) - mean, times: 1) }
        squares.add(mean, times: count - cells.count)
        let deviation = (squares.value / Double(count)).squareRoot()
        return bound + options.stdMultiplier * deviation
    }

    /// The largest value when the running sum never exceeds the share.
    private func energyBound(_ energy: Double) -> Int64 {
        let sorted = cells.map(\.value).sorted()
        let share = energy * Double(sorted.reduce(0, +))
        var running: Int64 = 0
        for value in sorted {
            running += value
            if Double(running) > share { return value }
        }
        return sorted[sorted.count - 1]
    }
}

/// A sum of squares of differences given in fixed point, each rounded to a multiple of 2^32 (of 2^-64 in squared units
/// of gating): a sum of integers, so independent of the order.
private struct SquareSum {
    private var sum: UInt128 = 0

    mutating func add(_ difference: Double, times count: Int) {
        // |difference| <= 2^64 and count < 2^31, so the sum stays below 2^128.
        let square = (difference * difference * 0x1p-32).rounded(.toNearestOrEven)
        sum += UInt128(square) * UInt128(count)
    }

    /// In squared units of fixed point.
    var value: Double { Double(sum) * 0x1p32 }
}
