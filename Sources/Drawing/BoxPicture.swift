import Dataset
import SelectiveTuning

/// The network's input with boxes on it: the ground truth in blue, the prediction with its class's name in red.
public enum BoxPicture {
    /// - Parameters:
    ///   - input: what the network sees.
    ///   - groundTruth: in the input's frame; those without area, because they lie outside the crop, are left out.
    ///   - prediction: in the input's frame, inclusive pixels.
    ///   - name: the class of the prediction.
    public static func draw(on input: RGBImage, groundTruth: [Box], prediction: Box, name: String) -> RGBImage {
        let line = max(2, Float(input.width) / 112)
        var canvas = Canvas(input)
        for box in groundTruth where box.x0 < box.x1 && box.y0 < box.y1 {
            canvas.frame(box, .groundTruth, lineWidth: line)
        }
        canvas.frame(prediction, .prediction, lineWidth: line)
        canvas.label(name, of: prediction, background: .prediction)
        return canvas.image
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
