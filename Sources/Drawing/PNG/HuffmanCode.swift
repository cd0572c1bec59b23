/// A prefix code as deflate has them (RFC 1951, 3.2.2): known by the lengths of its words alone.
struct HuffmanCode {
    /// By symbol, in bits; 0 for a symbol that has no word.
    let lengths: [UInt8]
    /// By symbol, mirrored, so that the word's first bit is the lowest.
    private let words: [Int]

    /// A code for symbols of these frequencies with words of at most `limit` bits. It has two words at least, so that
    /// it is complete.
    init(frequencies: [Int], limit: Int) {
        var weights = frequencies
        for symbol in 0..<2 where weights.count(where: { $0 > 0 }) < 2 && weights[symbol] == 0 { weights[symbol] = 1 }
        var lengths = Self.lengths(weights)
        // Flatter frequencies give shorter words; all alike, they are as short as can be.
        while lengths.contains(where: { Int($0) > limit }) {
            weights = weights.map { ($0 + 1) / 2 }
            lengths = Self.lengths(weights)
        }
        self.init(lengths: lengths)
    }

    init(lengths: [UInt8]) {
        self.lengths = lengths
        var counts = [Int](repeating: 0, count: 17)
        for length in lengths where length > 0 { counts[Int(length)] += 1 }
        var next = [Int](repeating: 0, count: 17)
        for length in 1..<16 { next[length + 1] = (next[length] + counts[length]) << 1 }
        words = lengths.map { length in
            guard length > 0 else { return 0 }
            defer { next[Int(length)] += 1 }
            let word = next[Int(length)]
            return (0..<Int(length)).reduce(0) { $0 << 1 | word >> $1 & 1 }
        }
    }

    func write(_ symbol: Int, to writer: inout BitWriter) {
        writer.append(words[symbol], width: Int(lengths[symbol]))
    }

    /// Huffman's algorithm: the two lightest trees become one, ties in the order in which they were made.
    private static func lengths(_ weights: [Int]) -> [UInt8] {
        let symbols = weights.indices.filter { weights[$0] > 0 }.sorted { (weights[$0], $0) < (weights[$1], $1) }
        var (parents, sums) = ([Int](repeating: -1, count: symbols.count), symbols.map { weights[$0] })
        // Leaves in ascending order, then the inner nodes, which are made in ascending order too.
        var (leaf, inner) = (0, symbols.count)
        func lightest() -> Int {
            if leaf < symbols.count, inner >= sums.count || sums[leaf] <= sums[inner] {
                defer { leaf += 1 }
                return leaf
            }
            defer { inner += 1 }
            return inner
        }
        for _ in 0..<max(0, symbols.count - 1) {
            let (first, second) = (lightest(), lightest())
            parents[first] = sums.count
            parents[second] = sums.count
            parents.append(-1)
            sums.append(sums[first] + sums[second])
        }
        var depths = [Int](repeating: 0, count: parents.count)
        for node in parents.indices.reversed() where parents[node] >= 0 { depths[node] = depths[parents[node]] + 1 }
        var lengths = [UInt8](repeating: 0, count: weights.count)
        for (place, symbol) in symbols.enumerated() { lengths[symbol] = UInt8(clamping: depths[place]) }
        return lengths
    }
}
