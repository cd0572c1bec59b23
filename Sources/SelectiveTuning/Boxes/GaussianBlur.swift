import CKernels

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
    /// Removed between the two passes (`ck_blur.h`), so that the second stays below 2^53.
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
    package func apply(
        to values: [Double], width: Int, height: Int, down: GaussianBlur? = nil, isa: ck_isa = ck_isa_best()
    ) -> [Double] {
        precondition(values.count == width * height && !values.isEmpty, "values do not fill the map")
        let down = down ?? self
        let (width, height) = (Int32(width), Int32(height))
        var scratch = [Double](
            repeating: 0, count: Int(ck_blur_scratch(width, height, Int32(taps.count))))
        return [Double](unsafeUninitializedCapacity: values.count) { result, initialized in
            taps.withUnsafeBufferPointer { across in
                down.taps.withUnsafeBufferPointer { down in
                    ck_blur_run(
                        isa, values, width, height, ck_blur_axis(taps: across.baseAddress, count: Int32(across.count)),
                        ck_blur_axis(taps: down.baseAddress, count: Int32(down.count)), result.baseAddress!, &scratch)
                }
            }
            initialized = values.count
        }
    }

    /// What a constant map of value 1 becomes, about.
    package func gain(down: GaussianBlur? = nil) -> Double { sum * Self.shift * (down ?? self).sum }

    private var sum: Double { taps[0] + 2 * taps.dropFirst().reduce(0, +) }
}
