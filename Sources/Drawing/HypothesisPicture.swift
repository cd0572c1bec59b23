import Dataset
import SelectiveTuning

/// A class-hypothesis map in colours, three times the input's size.
public enum HypothesisPicture {
    /// Share of the colours in an overlay; the rest is the picture.
    static let opacity: Float = 0.5

    /// The map alone, as a PNG of 256 colours.
    public static func png(_ map: ClassHypothesisMap) -> [UInt8] {
        PNGEncoder.encode(
            indexed: steps(map), palette: ColorScale.jet, width: map.size * Enlargement.factor,
            height: map.size * Enlargement.factor)
    }

    /// The map over the input that it belongs to.
    public static func png(_ map: ClassHypothesisMap, over input: RGBImage) -> [UInt8] {
        precondition(input.width == map.size && input.height == map.size, "another input's map")
        return PNGEncoder.encode(overlay(map, over: input))
    }

    static func overlay(_ map: ClassHypothesisMap, over input: RGBImage) -> RGBImage {
        var picture = Enlargement.enlarge(input)
        let colors = ColorScale.jet.flatMap { [Float($0.red), Float($0.green), Float($0.blue)] }
        for (place, step) in steps(map).enumerated() {
            for channel in 0..<3 {
                let old = Float(picture.pixels[place * 3 + channel])
                let new = old + (colors[Int(step) * 3 + channel] - old) * opacity
                picture.pixels[place * 3 + channel] = UInt8(new.rounded())
            }
        }
        return picture
    }

    /// Values are enlarged, not colours: there are no edges between colours where there are none in the map.
    private static func steps(_ map: ClassHypothesisMap) -> [UInt8] {
        ColorScale.steps(
            of: Enlargement.enlarge(map.values, width: map.size, height: map.size), low: map.values.min() ?? 0,
            high: map.values.max() ?? 0)
    }
}
