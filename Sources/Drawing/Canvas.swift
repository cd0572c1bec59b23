import Dataset
import SelectiveTuning

/// A picture to draw on. What lies outside is left out; edges between pixels are anti-aliased by the share of the pixel
/// that they cover. The same calls give the same bytes on every machine: each number is one rounded operation.
public struct Canvas: Sendable {
    public private(set) var image: RGBImage

    public init(_ image: RGBImage) { self.image = image }

    /// Fills an area. Coordinates that are not numbers draw nothing.
    ///
    /// - Parameter opacity: 0...1.
    public mutating func fill(_ area: Area, _ color: RGBColor, opacity: Float = 1) {
        let area = area.clamped(width: image.width, height: image.height)
        draw(within: area, color) { area.coverage(column: $0) * area.coverage(row: $1) * opacity }
    }

    /// Draws the frame of a box, whose outer edge is the box's own: a box that fills the picture is seen whole.
    ///
    /// - Parameters:
    ///   - box: inclusive pixel coordinates, fractions allowed; what lies outside the picture is drawn at its border.
    ///   - lineWidth: in pixels, inwards.
    public mutating func stroke(_ box: Box, _ color: RGBColor, lineWidth: Float, opacity: Float = 1) {
        let outer = Area(box).clamped(width: image.width, height: image.height)
        let inner = outer.inset(by: lineWidth)
        draw(within: outer, color) { x, y in
            let whole = outer.coverage(column: x) * outer.coverage(row: y)
            let hole = inner.isEmpty ? 0 : inner.coverage(column: x) * inner.coverage(row: y)
            return (whole - hole) * opacity
        }
    }

    /// Draws a line of text; (x, y) is the upper left corner of its first letter's cell, `scale` the side of a dot.
    public mutating func text(_ text: String, x: Int, y: Int, scale: Int, _ color: RGBColor) {
        BitmapFont.forEachDot(of: text) { column, row in
            let (left, top) = (Float(x + column * scale), Float(y + row * scale))
            fill(Area(left: left, top: top, right: left + Float(scale), bottom: top + Float(scale)), color)
        }
    }

    private mutating func draw(within area: Area, _ color: RGBColor, coverage: (Int, Int) -> Float) {
        guard !area.isEmpty else { return }
        let columns = Int(area.left.rounded(.down))..<Int(area.right.rounded(.up))
        for y in Int(area.top.rounded(.down))..<Int(area.bottom.rounded(.up)) {
            for x in columns {
                let share = min(max(coverage(x, y), 0), 1)
                guard share > 0 else { continue }
                let place = (y * image.width + x) * 3
                blend(place, color.red, share)
                blend(place + 1, color.green, share)
                blend(place + 2, color.blue, share)
            }
        }
    }

    private mutating func blend(_ place: Int, _ new: UInt8, _ share: Float) {
        let old = Float(image.pixels[place])
        image.pixels[place] = UInt8((old + (Float(new) - old) * share).rounded())
    }
}
