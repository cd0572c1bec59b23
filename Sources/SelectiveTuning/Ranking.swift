/// The largest values, best first.
enum Ranking {
    /// Indices of the `count` largest values; the lower index first on a tie.
    static func top(_ count: Int, of values: UnsafeBufferPointer<Float>) -> [Int] {
        var best: [Int] = []
        for index in values.indices {
            if best.count == count, !(values[index] > values[best[count - 1]]) { continue }
            let place = best.firstIndex { values[index] > values[$0] } ?? best.count
            best.insert(index, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
