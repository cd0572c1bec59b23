import Protocol
import SelectiveTuning

extension Box {
    public init(_ rectangle: Rectangle) { self.init(rectangle.x0, rectangle.y0, rectangle.x1, rectangle.y1) }
}

extension Rectangle {
    public init(_ box: Box) { self.init(x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1) }
}
