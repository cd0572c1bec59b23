/// The jet colours in 256 steps: dark blue at 0, through cyan, green and yellow to dark red at 255.
public enum ColorScale {
    public static let jet: [RGBColor] = (0..<256).map { step in
        let position = Float(step) / 255
        let levels = [Float(3), 2, 1].map { UInt8((min(max(1.5 - abs(4 * position - $0), 0), 1) * 255).rounded()) }
        return RGBColor(levels[0], levels[1], levels[2])
    }

    /// The values at the ends of a class-hypothesis map's scale, which runs from 0.4 of the smallest value to 0.8 of the
    /// largest (as the published one does); nil where they are the same.
    static func ends(low smallest: Float, high largest: Float) -> (low: Float, high: Float)? {
        let low = 0.4 * smallest
        let high = 0.8 * largest
        return high > low && (high - low).isFinite ? (low, high) : nil
    }

    /// The steps of values on that scale; all is 0 where it has no extent, and so is what is not a number.
    public static func steps(of values: [Float], low smallest: Float, high largest: Float) -> [UInt8] {
        guard let (low, high) = ends(low: smallest, high: largest) else {
            return [UInt8](repeating: 0, count: values.count)
        }
        return values.map { value in
            let position = min(max((value - low) / (high - low), 0), 1)
            return position.isNaN ? 0 : UInt8((position * 255).rounded())
        }
    }
}
