import Dataset
import SelectiveTuning

/// A class-hypothesis map in colours, three times the input's size, with its caption below.
public enum HypothesisPicture {
    /// Share of the colours in an overlay; the rest is the picture.
    static let opacity: Float = 0.5

    /// Of the whole picture in pixels.
    public static func size(inputSize: Int) -> (width: Int, height: Int) {
        let width = inputSize * Enlargement.factor
        return (width, width + HypothesisCaption.height(width: width))
    }

    /// The map alone, as a PNG of 256 colours.
    public static func png(_ map: ClassHypothesisMap, caption: HypothesisCaption) -> [UInt8] {
        let (width, height) = size(inputSize: map.size)
        return PNGEncoder.encode(
            indexed: enlargedSteps(map) + captionSteps(map, caption), palette: ColorScale.jet, width: width,
            height: height)
    }

    /// The map over the input that it belongs to.
    public static func png(
        _ map: ClassHypothesisMap, over input: RGBImage, caption: HypothesisCaption
    ) -> [UInt8] {
        precondition(input.width == map.size && input.height == map.size, "another input's map")
        let (width, height) = size(inputSize: map.size)
        let colors = captionSteps(map, caption).flatMap { step -> [UInt8] in
            let color = ColorScale.jet[Int(step)]
            return [color.red, color.green, color.blue]
        }
        let map = blended(enlargedSteps(map), over: Enlargement.enlarge(input))
        return PNGEncoder.encode(RGBImage(width: width, height: height, pixels: map.pixels + colors))
    }

    /// The map over its input, at the input's size and without a caption.
    public static func overlay(_ map: ClassHypothesisMap, over input: RGBImage) -> RGBImage {
        precondition(input.width == map.size && input.height == map.size, "another input's map")
        return blended(
            ColorScale.steps(of: map.values, low: map.values.min() ?? 0, high: map.values.max() ?? 0), over: input)
    }

    /// What `png` has drawn, over its input, at the input's size and without the caption: of a map alone half the colours over
    /// half the input, of an overlay what it is. Nil for a file that is not such a picture.
    public static func overlay(png file: [UInt8], over input: RGBImage) -> RGBImage? {
        let (width, height) = size(inputSize: input.width)
        guard input.width == input.height, let decoded = PNGDecoder.decode(file, width: width, height: height) else {
            return nil
        }
        let map = RGBImage(width: width, height: width, pixels: Array(decoded.image.pixels[..<(width * width * 3)]))
        let small = Enlargement.reduce(map)
        guard decoded.isIndexed else { return small }
        var picture = input
        for place in picture.pixels.indices { picture.pixels[place] = half(picture.pixels[place], small.pixels[place]) }
        return picture
    }

    private static func half(_ old: UInt8, _ new: UInt8) -> UInt8 {
        UInt8((Float(old) + (Float(new) - Float(old)) * opacity).rounded())
    }

    private static func blended(_ steps: [UInt8], over input: RGBImage) -> RGBImage {
        var picture = input
        let colors = ColorScale.jet.flatMap { [$0.red, $0.green, $0.blue] }
        for (place, step) in steps.enumerated() {
            for channel in 0..<3 {
                let old = picture.pixels[place * 3 + channel]
                picture.pixels[place * 3 + channel] = half(old, colors[Int(step) * 3 + channel])
            }
        }
        return picture
    }

    /// Values are enlarged, not colours: there are no edges between colours where there are none in the map.
    private static func enlargedSteps(_ map: ClassHypothesisMap) -> [UInt8] {
        ColorScale.steps(
            of: Enlargement.enlarge(map.values, width: map.size, height: map.size), low: map.values.min() ?? 0,
            high: map.values.max() ?? 0)
    }

    private static func captionSteps(_ map: ClassHypothesisMap, _ caption: HypothesisCaption) -> [UInt8] {
        caption.steps(
            width: map.size * Enlargement.factor,
            ends: ColorScale.ends(low: map.values.min() ?? 0, high: map.values.max() ?? 0))
    }
}
