/// Where values lie that come and go in a known order: each takes the lowest room that is free while it lives.
struct FirstFit {
    /// In ascending order, apart from each other.
    private var taken: [Range<Int>] = []
    /// The highest end that there was.
    private(set) var size = 0

    mutating func take(_ count: Int) -> Int {
        var start = 0
        var place = 0
        while place < taken.count, taken[place].lowerBound - start < count {
            start = taken[place].upperBound
            place += 1
        }
        taken.insert(start..<start + count, at: place)
        size = max(size, start + count)
        return start
    }

    mutating func release(_ start: Int) {
        taken.removeAll { $0.lowerBound == start }
    }
}
