import SelectiveTuning

/// A rectangle on the plane of a picture, in which pixel i covers [i, i + 1): edges, not pixels.
public struct Area: Hashable, Sendable {
    public var left: Float
    public var top: Float
    public var right: Float
    public var bottom: Float

    public init(left: Float, top: Float, right: Float, bottom: Float) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// What a box of inclusive pixel coordinates covers.
    public init(_ box: Box) { self.init(left: box.x0, top: box.y0, right: box.x1 + 1, bottom: box.y1 + 1) }

    var isEmpty: Bool { !(left < right && top < bottom) }

    func inset(by margin: Float) -> Area {
        Area(left: left + margin, top: top + margin, right: right - margin, bottom: bottom - margin)
    }

    func clamped(width: Int, height: Int) -> Area {
        Area(
            left: min(max(left, 0), Float(width)), top: min(max(top, 0), Float(height)),
            right: min(max(right, 0), Float(width)), bottom: min(max(bottom, 0), Float(height)))
    }

    /// The share of column x that lies between the left and the right edge, 0...1.
    func coverage(column x: Int) -> Float { max(0, min(right, Float(x + 1)) - max(left, Float(x))) }
    /// The share of row y that lies between the top and the bottom edge, 0...1.
    func coverage(row y: Int) -> Float { max(0, min(bottom, Float(y + 1)) - max(top, Float(y))) }
}
