import Dataset
import SelectiveTuning

/// The network's input with boxes on it, enlarged, and a caption below that says what they are: the found box in red, the
/// ground truth in blue; words beside them say the same to whoever does not tell the colours apart.
public enum BoxPicture {
    /// Below this width the caption's letters would be too small, or its lines too short.
    private static let smallestWidth = 384
    /// More would show nothing but pixels.
    private static let largestFactor = 4

    /// How many times the input's side the picture is wide.
    public static func factor(inputSize: Int) -> Int {
        min(largestFactor, max(1, (smallestWidth + inputSize - 1) / max(1, inputSize)))
    }

    /// Of the whole picture in pixels, with its caption.
    public static func size(inputSize: Int) -> (width: Int, height: Int) {
        let width = inputSize * factor(inputSize: inputSize)
        return (width, width + BoxCaption.height(width: width))
    }

    /// - Parameters:
    ///   - input: what the network sees, square.
    ///   - groundTruth: in the input's frame; those without area, because they lie outside the crop, are left out.
    ///   - found: in the input's frame, inclusive pixels.
    public static func draw(on input: RGBImage, groundTruth: [Box], found: Box, caption: BoxCaption) -> RGBImage {
        let factor = factor(inputSize: input.width)
        let line = max(2, Float(input.width * factor) / 112)
        var canvas = Canvas(Enlargement.enlarge(input, by: factor))
        let isShown = groundTruth.map { $0.x0 < $0.x1 && $0.y0 < $0.y1 }
        for (place, box) in groundTruth.enumerated() where isShown[place] && place != caption.bestMatch {
            canvas.frame(box.enlarged(factor), .groundTruth, lineWidth: line / 2)
        }
        if let best = caption.bestMatch, groundTruth.indices.contains(best), isShown[best] {
            let box = groundTruth[best].enlarged(factor)
            canvas.frame(box, .groundTruth, lineWidth: line)
            canvas.label("true", of: box, at: .insideLowerRight, background: .groundTruth)
        }
        canvas.frame(found.enlarged(factor), .found, lineWidth: line)
        canvas.label("found", of: found.enlarged(factor), background: .found)
        let text = caption.drawn(width: canvas.image.width, shown: isShown.count { $0 })
        return RGBImage(
            width: text.width, height: canvas.image.height + text.height, pixels: canvas.image.pixels + text.pixels)
    }
}

extension Box {
    /// The same pixels in a picture that is so many times as large.
    fileprivate func enlarged(_ factor: Int) -> Box {
        let factor = Float(factor)
        return Box(x0 * factor, y0 * factor, (x1 + 1) * factor - 1, (y1 + 1) * factor - 1)
    }
}

extension Canvas {
    /// A frame with a thin bright one inside it, so that it is seen on a picture of its own colour too.
    public mutating func frame(_ box: Box, _ color: RGBColor, lineWidth: Float) {
        let inner = Box(box.x0 + lineWidth, box.y0 + lineWidth, box.x1 - lineWidth, box.y1 - lineWidth)
        stroke(inner, .white, lineWidth: 1, opacity: 0.6)
        stroke(box, color, lineWidth: lineWidth)
    }
}
