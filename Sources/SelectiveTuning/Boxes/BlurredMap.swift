/// A dense map blurred in integers, with what turns it back into gating.
package struct BlurredMap {
    let width: Int
    let height: Int
    /// [height][width], integers.
    let values: [Double]
    /// Gating for one unit of `values`.
    let unit: Double

    /// [height][width] values in 48-bit fixed point; sigma in cells, across and down. Values are rounded to 24 bits below the largest.
    init(_ fixed: [Int64], width: Int, height: Int, sigma: (x: Double, y: Double)) {
        let largest = fixed.reduce(UInt64(0)) { max($0, $1.magnitude) }
        let bits = UInt64.bitWidth - largest.leadingZeroBitCount
        let scale = Double(sign: .plus, exponent: GaussianBlur.valueBits - bits, significand: 1)
        let across = GaussianBlur(sigma: sigma.x)
        let down = sigma.y == sigma.x ? across : GaussianBlur(sigma: sigma.y)
        self.width = width
        self.height = height
        values = across.apply(
            // 3 * 2^51 and what is below it have the integers as their last bits: rounded to the nearest, halves to even.
            to: fixed.map { (Double($0) * scale + 0x1.8p52) - 0x1.8p52 }, width: width, height: height, down: down)
        unit = 0x1p-48 / (scale * across.gain(down: down))
    }

    var maximum: Double { values.reduce(0, Swift.max) }
}
