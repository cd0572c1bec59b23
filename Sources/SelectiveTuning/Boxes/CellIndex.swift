/// A set of cells that says for each member how many come before it.
struct CellIndex {
    private var words: [UInt64]
    private var before: [Int] = []

    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ cell: Int) { words[cell >> 6] |= 1 << UInt64(cell & 63) }

    /// To be called between the last `insert` and the first `place`; the number of members.
    mutating func finish() -> Int {
        before.reserveCapacity(words.count)
        var count = 0
        for word in words {
            before.append(count)
            count += word.nonzeroBitCount
        }
        return count
    }

    func place(of cell: Int) -> Int {
        before[cell >> 6] + (words[cell >> 6] & ((1 << UInt64(cell & 63)) - 1)).nonzeroBitCount
    }

    /// In ascending order.
    func forEach(_ body: (Int) -> Void) {
        for (number, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                body(number << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }
}
