/// The jet colours in 256 steps: dark blue at 0, through cyan, green and yellow to dark red at 255.
public enum ColorScale {
    public static let jet: [RGBColor] = (0..<256).map { step in
        let position = Float(step) / 255
        let levels = [Float(3), 2, 1].map { UInt8((min(max(1.5 - abs(4 * position - $0), 0), 1) * 255).rounded()) }
        return RGBColor(levels[0], levels[1], levels[2])
    }

    /// The steps of values on the scale of a class-hypothesis map, which runs from 0.4 of the smallest value to 0.8 of
    /// the largest (selective-tuning.md, section 10). `low` and `high` are these two values; all is 0 where they are
    /// the same, and so is what is not a number.
    public static func steps(of values: [Float], low smallest: Float, high largest: Float) -> [UInt8] {
        let low = 0.4 * smallest
        let high = 0.8 * largest
        guard high > low, (high - low).isFinite else { return [UInt8](repeating: 0, count: values.count) }
        return values.map { value in
            let position = min(max((value - low) / (high - low), 0), 1)
            return position.isNaN ? 0 : UInt8((position * 255).rounded())
        }
    }
}
