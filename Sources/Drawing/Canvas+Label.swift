import SelectiveTuning

extension Canvas {
    /// Dots around a label's text.
    private static let padding = 2

    /// Writes a name beside a box, on a background that makes it readable on any picture, and wholly inside the picture:
    /// above the box's upper left corner, or within the box where there is no room above. A name that is too long for
    /// two pixels a dot gets one; what is too long even then ends in "...".
    public mutating func label(_ name: String, of box: Box, background: RGBColor, foreground: RGBColor = .white) {
        let (text, scale) = fitted(name)
        guard !text.isEmpty else { return }
        let width = (BitmapFont.width(of: text) + 2 * Self.padding) * scale
        let height = (BitmapFont.height + 2 * Self.padding - 1) * scale
        guard height <= image.height else { return }
        let edges = Area(box).clamped(width: image.width, height: image.height)
        guard !edges.left.isNaN, !edges.top.isNaN else { return }
        let left = min(Int(edges.left), image.width - width)
        let above = Int(edges.top.rounded(.up)) - height
        let top = min(above >= 0 ? above : Int(edges.top), image.height - height)
        let area = Area(left: Float(left), top: Float(top), right: Float(left + width), bottom: Float(top + height))
        fill(area, background)
        self.text(text, x: left + Self.padding * scale, y: top + Self.padding * scale, scale: scale, foreground)
    }

    /// What of a name fits into the picture's width, and at how many pixels a dot; "" where nothing does.
    private func fitted(_ name: String) -> (text: String, scale: Int) {
        func fits(_ text: String, _ scale: Int) -> Bool {
            (BitmapFont.width(of: text) + 2 * Self.padding) * scale <= image.width
        }
        // No line is longer than the picture has pixels; a name from a file may be.
        var text = name.prefix(image.width)
        let isWhole = text.endIndex == name.endIndex
        if isWhole, fits(name, 2) { return (name, 2) }
        if isWhole, fits(name, 1) { return (name, 1) }
        while !text.isEmpty, !fits(text + "...", 1) { text.removeLast() }
        return text.isEmpty ? ("", 1) : (text + "...", 1)
    }
}
