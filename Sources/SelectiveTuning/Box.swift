/// A rectangle in pixels: inclusive corner coordinates, x to the right, y downwards.
public struct Box: Hashable, Sendable {
    public var x0: Float
    public var y0: Float
    public var x1: Float
    public var y1: Float

    public init(_ x0: Float, _ y0: Float, _ x1: Float, _ y1: Float) {
        self.x0 = x0
        self.y0 = y0
        self.x1 = x1
        self.y1 = y1
    }
}
