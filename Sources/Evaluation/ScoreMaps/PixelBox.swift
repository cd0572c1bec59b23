import CKernels
import SelectiveTuning

/// A box of whole pixels of the input, as the WSOL benchmark makes it of a contour: the far corner is one pixel behind the
/// contour's last, but not behind the map's.
public struct PixelBox: Hashable, Sendable {
    public var x0: UInt16 = 0
    public var y0: UInt16 = 0
    public var x1: UInt16 = 0
    public var y1: UInt16 = 0

    public init() {}

    public init(_ x0: UInt16, _ y0: UInt16, _ x1: UInt16, _ y1: UInt16) {
        (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
    }

    init(_ box: ck_contour_box) { self.init(box.x0, box.y0, box.x1, box.y1) }

    public var box: Box { Box(Float(x0), Float(y0), Float(x1), Float(y1)) }

    /// An order that does not depend on how boxes were found.
    func precedes(_ other: PixelBox) -> Bool {
        (x0, y0, x1, y1) < (other.x0, other.y0, other.x1, other.y1)
    }
}
