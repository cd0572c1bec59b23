import SelectiveTuning

extension Canvas {
    /// Dots around a label's text.
    private static let padding = 2

    /// Where a label stands beside its box.
    enum LabelPlace {
        /// Above the upper left corner, or within the box where there is no room above.
        case aboveLeft
        /// Within the lower right corner.
        case insideLowerRight
    }

    /// Writes a word beside a box, on a background that makes it readable on any picture, and wholly inside the picture. A
    /// word that is too long for two pixels a dot gets one; what is too long even then ends in "...".
    mutating func label(
        _ name: String, of box: Box, at place: LabelPlace = .aboveLeft, background: RGBColor,
        foreground: RGBColor = .white
    ) {
        let (text, scale) = fitted(name)
        guard !text.isEmpty else { return }
        let width = (BitmapFont.width(of: text) + 2 * Self.padding) * scale
        let height = (BitmapFont.height + 2 * Self.padding - 1) * scale
        guard height <= image.height else { return }
        let edges = Area(box).clamped(width: image.width, height: image.height)
        guard !edges.left.isNaN, !edges.top.isNaN, !edges.right.isNaN, !edges.bottom.isNaN else { return }
        let left: Int
        let top: Int
        switch place {
        case .aboveLeft:
            let above = Int(edges.top.rounded(.up)) - height
            left = min(Int(edges.left), image.width - width)
            top = min(above >= 0 ? above : Int(edges.top), image.height - height)
        case .insideLowerRight:
            left = max(0, Int(edges.right) - width)
            top = max(0, Int(edges.bottom) - height)
        }
        let area = Area(left: Float(left), top: Float(top), right: Float(left + width), bottom: Float(top + height))
        fill(area, background)
        self.text(text, x: left + Self.padding * scale, y: top + Self.padding * scale, scale: scale, foreground)
    }

    /// What of a word fits into the picture's width with the padding, and at how many pixels a dot; "" where nothing does.
    private func fitted(_ name: String) -> (text: String, scale: Int) {
        for scale in [2, 1] {
            let room = image.width - 2 * Self.padding * scale
            let found = BitmapFont.fitted([name], width: room, scales: [scale])
            if scale == 1 || found.text == name { return found }
        }
        return ("", 1)
    }
}
