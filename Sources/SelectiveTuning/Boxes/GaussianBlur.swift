/// A separable Gaussian blur whose result is the same on every machine: values and taps are integers, held in doubles
/// and small enough that every sum is exact, so neither order, vectorisation nor a fused multiply-add can change it.
///
/// Truncated at 4 sigma; the border is reflected: (c b a | a b c).
package struct GaussianBlur {
    /// Taps for the offsets 0, 1, ... to both sides; integers, together about 2^20.
    package let taps: [Double]

    private static let tapBits = 20
    /// Values are scaled to this many bits; with 20 bits of taps a sum of products stays below 2^45.
    static let valueBits = 24
    /// Removed between the two passes, so that the second stays below 2^53.
    private static let shift = 0x1p-13

    /// sigma in cells; 0 or less leaves a map as it is.
    package init(sigma: Double) {
        let radius = sigma > 0 ? Int(Swift.min(4 * sigma + 0.5, 4096)) : 0
        // exp(-i^2 / 2 sigma^2) by its ratios r^(2i - 1), with r from a series of +, * and / only.
        let r = sigma > 0 ? Self.exponential(of: 1 / (2 * sigma * sigma)) : 0
        var weights = [1.0]
        var ratio = r
        for i in 0..<radius {
            weights.append(weights[i] * ratio)
            ratio *= r * r
        }
        var total = weights[0]
        for weight in weights.dropFirst() { total += 2 * weight }
        taps = weights.map { ($0 / total * Double(1 << Self.tapBits)).rounded(.toNearestOrEven) }
    }

    /// e^-x for x >= 0, from the series of e^(x / 2^k), k halvings undone by squaring: IEEE operations in a fixed
    /// order.
    package static func exponential(of x: Double) -> Double {
        var reduced = x
        var halvings = 0
        while reduced > 0.25 && halvings < 64 {
            reduced /= 2
            halvings += 1
        }
        var sum = 1.0
        var term = 1.0
        for i in 1...18 {
            term = term * reduced / Double(i)
            sum += term
        }
        var result = 1 / sum
        for _ in 0..<halvings { result *= result }
        return result
    }

    /// Blurs [height][width] integers of at most `valueBits` bits, held in doubles, with this along the rows and `down`,
    /// nil for this too, along the columns. The result is larger by a constant factor, the product of both passes' taps less the shift
    /// between them: only its proportions mean something.
    package func apply(to values: [Double], width: Int, height: Int, down: GaussianBlur? = nil) -> [Double] {
        var rows = values
        var isEmpty = [Bool](repeating: true, count: height)
        for y in 0..<height where values[(y * width)..<((y + 1) * width)].contains(where: { $0 != 0 }) {
            isEmpty[y] = false
            blurRow(&rows, from: y * width, width: width)
        }
        return (down ?? self).blurColumns(rows, width: width, height: height, isEmpty: isEmpty)
    }

    /// What a constant map of value 1 becomes, about.
    package func gain(down: GaussianBlur? = nil) -> Double { sum * Self.shift * (down ?? self).sum }

    private var sum: Double { taps[0] + 2 * taps.dropFirst().reduce(0, +) }

    private static func reflected(_ index: Int, _ count: Int) -> Int {
        let period = 2 * count
        let phase = ((index % period) + period) % period
        return phase < count ? phase : period - 1 - phase
    }

    private func blurRow(_ values: inout [Double], from start: Int, width: Int) {
        let radius = taps.count - 1
        let padded = (-radius..<(width + radius)).map { values[start + Self.reflected($0, width)] }
        var sums = (0..<width).map { padded[$0 + radius] * taps[0] }
        for i in taps.indices.dropFirst() {
            let tap = taps[i]
            padded.withUnsafeBufferPointer { padded in
                sums.withUnsafeMutableBufferPointer { sums in
                    for x in 0..<width { sums[x] += tap * (padded[x + radius - i] + padded[x + radius + i]) }
                }
            }
        }
        for x in 0..<width { values[start + x] = (sums[x] * Self.shift).rounded(.toNearestOrEven) }
    }

    private func blurColumns(_ rows: [Double], width: Int, height: Int, isEmpty: [Bool]) -> [Double] {
        var result = [Double](repeating: 0, count: width * height)
        var sources: [(row: Int, tap: Double)] = []
        rows.withUnsafeBufferPointer { rows in
            result.withUnsafeMutableBufferPointer { result in
                for y in 0..<height {
                    sources.removeAll(keepingCapacity: true)
                    for offset in (1 - taps.count)..<taps.count {
                        let row = Self.reflected(y + offset, height)
                        if !isEmpty[row] { sources.append((row * width, taps[abs(offset)])) }
                    }
                    // Four at a time, so that a sum is loaded and stored less often.
                    while sources.count % 4 != 0 { sources.append((0, 0)) }
                    let sum = UnsafeMutableBufferPointer(rebasing: result[(y * width)..<((y + 1) * width)])
                    for i in stride(from: 0, to: sources.count, by: 4) {
                        let (a, b, c, d) = (sources[i], sources[i + 1], sources[i + 2], sources[i + 3])
                        for x in 0..<width {
                            sum[x] +=
                                (a.tap * rows[a.row + x] + b.tap * rows[b.row + x])
                                + (c.tap * rows[c.row + x] + d.tap * rows[d.row + x])
                        }
                    }
                }
            }
        }
        return result
    }
}
