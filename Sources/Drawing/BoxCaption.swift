import Bytes
import Dataset
import SelectiveTuning

/// What stands below a picture of boxes: what the colours mean, the IoU, the class that the box was found for, and the
/// other one of the true and the predicted class.
public struct BoxCaption: Sendable, Hashable {
    public var trueClass: String
    public var predictedClass: String
    /// Whether the box was found for the predicted class, not for the true one.
    public var isOfPrediction: Bool
    /// Of the found box with the true one that fits best, 0...1.
    public var iou: Double
    /// Which one that is; nil where none overlaps.
    public var bestMatch: Int?
    /// Whether the map was zero everywhere, so that nothing was found.
    public var isEmpty: Bool

    public init(
        trueClass: String, predictedClass: String, isOfPrediction: Bool, iou: Double, bestMatch: Int?,
        isEmpty: Bool = false
    ) {
        self.trueClass = trueClass
        self.predictedClass = predictedClass
        self.isOfPrediction = isOfPrediction
        self.iou = iou
        self.bestMatch = bestMatch
        self.isEmpty = isEmpty
    }

    private static let lines = 3
    /// Of the ground behind the text: white, so that both colours are seen on it.
    private static let ground = RGBColor.white
    private static let ink = RGBColor(20, 24, 30)

    /// Pixels a dot of the letters.
    private static func scale(width: Int) -> Int { width >= 320 ? 2 : 1 }
    private static func margin(_ scale: Int) -> Int { 3 * scale }
    private static func lineHeight(_ scale: Int) -> Int { (BitmapFont.height + 3) * scale }

    /// Pixels that it takes below a picture of this width.
    static func height(width: Int) -> Int {
        let scale = scale(width: width)
        return lines * lineHeight(scale) + 2 * margin(scale)
    }

    /// - Parameter shown: ground-truth boxes that are seen in the picture.
    func drawn(width: Int, shown: Int) -> RGBImage {
        let scale = Self.scale(width: width)
        let height = Self.height(width: width)
        let ground = [Self.ground.red, Self.ground.green, Self.ground.blue]
        var canvas = Canvas(
            RGBImage(width: width, height: height, pixels: (0..<width * height).flatMap { _ in ground }))
        let margin = Self.margin(scale)
        let iou = "IoU " + decimal(iou, places: 3)
        let right = width - margin - BitmapFont.width(of: iou) * scale
        var x = margin
        for (color, word) in [(RGBColor.found, isEmpty ? "nothing found" : "found"), (.groundTruth, truth(shown))] {
            let frame = Box(
                Float(x), Float(margin), Float(x + 10 * scale - 1), Float(margin + 7 * scale - 1))
            canvas.stroke(frame, color, lineWidth: Float(scale))
            x += 13 * scale
            let (text, size) = BitmapFont.fitted([word], width: right - 4 * scale - x, scales: [scale, 1])
            canvas.text(text, x: x, y: margin, scale: size, Self.ink)
            x += BitmapFont.width(of: text) * size + 8 * scale
        }
        canvas.text(iou, x: right, y: margin, scale: scale, Self.ink)
        for (place, texts) in classes.enumerated() {
            let (text, size) = BitmapFont.fitted(texts, width: width - 2 * margin, scales: [scale, 1])
            let y = margin + (place + 1) * Self.lineHeight(scale)
            // Smaller letters stand on the same base line.
            canvas.text(text, x: margin, y: y + 7 * (scale - size), scale: size, Self.ink)
        }
        return canvas.image
    }

    private func truth(_ shown: Int) -> String {
        switch shown {
        case 0: "true: outside the crop"
        case 1: "true"
        default: bestMatch == nil ? "true (\(shown), none overlaps)" : "true (best of \(shown))"
        }
    }

    /// A line each; of several texts the first that fits is taken.
    private var classes: [[String]] {
        let (first, other) = isOfPrediction ? (predictedClass, trueClass) : (trueClass, predictedClass)
        let role = isOfPrediction ? "predicted" : "true class"
        return [
            ["found for: \(first) (\(role))", "found for: \(first)"],
            [isOfPrediction ? "true class: \(other)" : "predicted: \(other)"],
        ]
    }
}
