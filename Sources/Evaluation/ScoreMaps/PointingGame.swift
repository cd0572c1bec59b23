import SelectiveTuning

/// Whether a map's greatest value lies on the object (Zhang et al., "Top-down neural attention by excitation backprop",
/// 2016).
public enum PointingGame {
    /// Pixels of the input that the point may lie beside a box, as the crow flies.
    public static let tolerance = 15.0

    /// Whether pixel (x, y) is at most `tolerance` from a pixel of any box. A box without extent, such as one outside
    /// the crop, is never hit.
    public static func isHit(x: Int, y: Int, _ boxes: [Box]) -> Bool {
        boxes.contains { box in
            guard box.x1 > box.x0, box.y1 > box.y0 else { return false }
            let aside = max(Double(box.x0) - Double(x), Double(x) - Double(box.x1), 0)
            let above = max(Double(box.y0) - Double(y), Double(y) - Double(box.y1), 0)
            return aside * aside + above * above <= tolerance * tolerance
        }
    }
}
