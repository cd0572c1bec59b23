/// One object of a demo picture, as planned: its frame in pixels, its outline and how its pattern is laid.
struct DemoObject: Sendable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    var outline: DemoOutline
    var pattern: DemoPattern
    /// Length of one period of the pattern, in 1/16 pixel.
    var period: Int
    var rotation: DemoRotation
    /// Phase of the pattern, in 1/1024 period.
    var phaseU: Int
    var phaseV: Int
    var ink: DemoColor
    var ground: DemoColor
    /// Brightness at the left, right, top and bottom edge, in percent; what lies between is linear.
    var light: (left: Int, right: Int, top: Int, bottom: Int)

    func contains(_ pixelX: Int, _ pixelY: Int) -> Bool {
        outline.contains(x: pixelX - x, y: pixelY - y, width: width, height: height)
    }

    /// The tight box of the pixels that the object covers: 0-based, inclusive.
    var box: DemoBox {
        var box = DemoBox(x0: Int.max, y0: Int.max, x1: Int.min, y1: Int.min)
        for row in y..<y + height {
            for column in x..<x + width where contains(column, row) {
                box = DemoBox(
                    x0: min(box.x0, column), y0: min(box.y0, row), x1: max(box.x1, column), y1: max(box.y1, row))
            }
        }
        return box
    }

    /// The colour of a pixel inside the outline: 2 x 2 samples of the pattern, then the light.
    func color(_ pixelX: Int, _ pixelY: Int) -> DemoColor {
        var inked = 0
        for (stepX, stepY) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
            // Samples in 1/4 pixel from the frame's corner; 64 = 4 samples a pixel times 16 units of `period` a pixel.
            let sampleX = 4 * (pixelX - x) + stepX
            let sampleY = 4 * (pixelY - y) + stepY
            let scale = rotation.hypotenuse * period * 4
            let turnedX = (sampleX * rotation.cosine + sampleY * rotation.sine) * DemoPattern.period * 16
            let turnedY = (sampleY * rotation.cosine - sampleX * rotation.sine) * DemoPattern.period * 16
            if pattern.isInk(floorDivide(turnedX, scale) + phaseU, floorDivide(turnedY, scale) + phaseV) { inked += 1 }
        }
        let color = ground.mixed(with: ink, share: inked, of: 4)
        let across = light.left + (light.right - light.left) * (pixelX - x) / width
        let down = light.top + (light.bottom - light.top) * (pixelY - y) / height
        return DemoColor(
            red: color.red * across * down / 10_000, green: color.green * across * down / 10_000,
            blue: color.blue * across * down / 10_000)
    }
}

/// A rotation with rational cosine and sine: a Pythagorean triple.
struct DemoRotation: Sendable {
    var cosine: Int
    var sine: Int
    var hypotenuse: Int

    /// 0, 10.4, 12.7, 16.3 and 22.6 degrees, both ways.
    static let slight = [
        (1, 0, 1), (60, 11, 61), (60, -11, 61), (40, 9, 41), (40, -9, 41), (24, 7, 25), (24, -7, 25), (12, 5, 13),
        (12, -5, 13),
    ].map { DemoRotation(cosine: $0.0, sine: $0.1, hypotenuse: $0.2) }

    /// The same after a quarter turn.
    var quarterTurned: DemoRotation {
        DemoRotation(cosine: -sine, sine: cosine, hypotenuse: hypotenuse)
    }
}

/// A box in whole pixels of a demo picture: 0-based, both corners inclusive.
public struct DemoBox: Hashable, Sendable {
    public var x0: Int
    public var y0: Int
    public var x1: Int
    public var y1: Int

    public init(x0: Int, y0: Int, x1: Int, y1: Int) {
        self.x0 = x0
        self.y0 = y0
        self.x1 = x1
        self.y1 = y1
    }
}
