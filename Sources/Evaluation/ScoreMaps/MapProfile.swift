import SelectiveTuning

/// All that the map metrics need of one image's score map, at every threshold: some hundred bytes in the place of the map.
///
/// A map is cut at the levels 0 ... 254 (pixels above the level are the object), and what is found changes at few of them:
/// both lists have an entry where it does. Boxes are given, not their overlaps, so that whoever knows the true boxes
/// computes every IoU anew.
public struct MapProfile: Hashable, Sendable {
    /// The box of the largest contour from a level on, up to that of the next.
    public struct Largest: Hashable, Sendable {
        public var first: UInt8
        public var box: PixelBox

        public init(first: UInt8, box: PixelBox) { (self.first, self.box) = (first, box) }
    }

    /// Which of all contours' boxes overlaps a true box most from a level on, up to that of the next.
    public struct Best: Hashable, Sendable {
        public enum Choice: Hashable, Sendable {
            /// None overlaps by as much as is counted at all (`MapTally.deltas[0]`).
            case none
            /// The largest contour's; of equal overlaps it comes first.
            case largest
            /// Another contour's; of equal overlaps the one with the least corners.
            case other(PixelBox)
        }
        public var first: UInt8
        public var choice: Choice

        public init(first: UInt8, choice: Choice) { (self.first, self.choice) = (first, choice) }
    }

    public struct Pixel: Hashable, Sendable {
        public var x: UInt16
        public var y: UInt16

        public init(x: UInt16, y: UInt16) { (self.x, self.y) = (x, y) }
    }

    /// Ascending levels from 0; neighbours differ.
    public var largest: [Largest]
    /// Likewise.
    public var best: [Best]
    /// Where the greatest value is, the first of equals in rows from the top; nil where a value is not finite.
    public var maximum: Pixel?
    /// The sum of the levels, 0 ... 255, of all pixels, and of those in a true box.
    public var mass: UInt32
    public var massInside: UInt32
    /// The map is constant, or a value is not finite: every level is 0, and so is the box.
    public var isBlank: Bool

    public init(
        largest: [Largest], best: [Best], maximum: Pixel?, mass: UInt32, massInside: UInt32, isBlank: Bool
    ) {
        (self.largest, self.best, self.maximum) = (largest, best, maximum)
        (self.mass, self.massInside, self.isBlank) = (mass, massInside, isBlank)
    }

    static let levels = 255

    /// The largest contour's box at a level.
    public func largest(at level: Int) -> PixelBox {
        (largest.last { Int($0.first) <= level } ?? largest[0]).box
    }
}
