/// Two lengths, down and across: a kernel, a stride, a padding that is the same on opposite sides. An integer literal is
/// both.
public struct Sides: Sendable, Hashable, ExpressibleByIntegerLiteral {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    public init(_ side: Int) { self.init(height: side, width: side) }
    public init(integerLiteral side: Int) { self.init(side) }

    public var area: Int { height * width }
    public var isSquare: Bool { height == width }
}

/// Zeros around a map, on each side of it. An integer literal is all four.
public struct Padding: Sendable, Hashable, ExpressibleByIntegerLiteral {
    public var top: Int
    public var left: Int
    public var bottom: Int
    public var right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
    }

    /// The same on opposite sides.
    public init(height: Int, width: Int) { self.init(top: height, left: width, bottom: height, right: width) }

    public init(_ side: Int) { self.init(top: side, left: side, bottom: side, right: side) }
    public init(integerLiteral side: Int) { self.init(side) }

    public var isSymmetric: Bool { top == bottom && left == right }
    var sides: [Int] { [top, left, bottom, right] }
    /// The wider of opposite sides.
    var halo: Sides { Sides(height: max(top, bottom), width: max(left, right)) }
}
