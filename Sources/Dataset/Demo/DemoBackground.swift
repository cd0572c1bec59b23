/// What stands behind the objects of a demo picture: a gradient of four colours, two octaves of noise, soft blobs,
/// plain shapes with the objects' outlines, and thin lines. None of it repeats, as the classes' patterns do.
struct DemoBackground {
    var random: DemoRandom
    let width: Int
    let height: Int

    /// Row-major RGB of the whole picture, before the objects and the grain.
    mutating func render() -> [DemoColor] {
        var canvas = gradient()
        addNoise(to: &canvas, cell: random.integer(20...70), amplitude: random.integer(10...60))
        addNoise(to: &canvas, cell: random.integer(5...16), amplitude: random.integer(5...45))
        for _ in 0..<random.integer(0...6) { addBlob(to: &canvas) }
        for _ in 0..<random.integer(0...4) { addPlainShape(to: &canvas) }
        for _ in 0..<random.integer(0...8) { addLine(to: &canvas) }
        return canvas
    }

    private mutating func gradient() -> [DemoColor] {
        let corners = (0..<4).map { _ in DemoColor.random(&random) }
        var canvas: [DemoColor] = []
        canvas.reserveCapacity(width * height)
        for y in 0..<height {
            let left = corners[0].mixed(with: corners[2], share: y, of: height)
            let right = corners[1].mixed(with: corners[3], share: y, of: height)
            for x in 0..<width { canvas.append(left.mixed(with: right, share: x, of: width)) }
        }
        return canvas
    }

    /// Value noise: random offsets on a lattice of `cell` pixels, bilinear between them, its own for each colour.
    private mutating func addNoise(to canvas: inout [DemoColor], cell: Int, amplitude: Int) {
        let columns = width / cell + 2
        let rows = height / cell + 2
        let colorful = random.percent(50)
        let lattice = (0..<columns * rows).map { _ in
            let red = random.integer(-amplitude...amplitude)
            return colorful
                ? DemoColor(
                    red: red, green: random.integer(-amplitude...amplitude),
                    blue: random.integer(-amplitude...amplitude))
                : DemoColor(red: red, green: red, blue: red)
        }
        for y in 0..<height {
            let first = y / cell * columns
            for x in 0..<width {
                let at = first + x / cell
                let above = lattice[at].mixed(with: lattice[at + 1], share: x % cell, of: cell)
                let below = lattice[at + columns].mixed(with: lattice[at + columns + 1], share: x % cell, of: cell)
                let offset = above.mixed(with: below, share: y % cell, of: cell)
                canvas[y * width + x].red += offset.red
                canvas[y * width + x].green += offset.green
                canvas[y * width + x].blue += offset.blue
            }
        }
    }

    /// A soft ellipse: the colour's share falls from its middle to its rim.
    private mutating func addBlob(to canvas: inout [DemoColor]) {
        let color = DemoColor.random(&random)
        let radiusX = random.integer(10...90)
        let radiusY = random.integer(10...90)
        let centreX = random.integer(0...width - 1)
        let centreY = random.integer(0...height - 1)
        let strength = random.integer(40...100)
        let whole = radiusX * radiusX * radiusY * radiusY
        for y in max(0, centreY - radiusY)...min(height - 1, centreY + radiusY) {
            for x in max(0, centreX - radiusX)...min(width - 1, centreX + radiusX) {
                let across = (x - centreX) * radiusY
                let down = (y - centreY) * radiusX
                let inside = whole - across * across - down * down
                guard inside > 0 else { continue }
                let at = y * width + x
                canvas[at] = canvas[at].mixed(with: color, share: inside * strength, of: whole * 100)
            }
        }
    }

    /// A shape in one colour, so that an outline alone is no evidence of a class.
    private mutating func addPlainShape(to canvas: inout [DemoColor]) {
        let color = DemoColor.random(&random)
        let outline = random.element(DemoOutline.allCases)
        let shapeWidth = random.integer(12...120)
        let shapeHeight = random.integer(12...120)
        let left = random.integer(-shapeWidth / 2...width - 1)
        let top = random.integer(-shapeHeight / 2...height - 1)
        let strength = random.integer(60...100)
        for y in max(0, top)..<max(0, min(height, top + shapeHeight)) {
            for x in max(0, left)..<max(0, min(width, left + shapeWidth))
            where outline.contains(x: x - left, y: y - top, width: shapeWidth, height: shapeHeight) {
                let at = y * width + x
                canvas[at] = canvas[at].mixed(with: color, share: strength, of: 100)
            }
        }
    }

    /// A straight line between two random points: the pixels within half its thickness.
    private mutating func addLine(to canvas: inout [DemoColor]) {
        let color = DemoColor.random(&random)
        let startX = random.integer(0...width - 1)
        let startY = random.integer(0...height - 1)
        let alongX = random.integer(0...width - 1) - startX
        let alongY = random.integer(0...height - 1) - startY
        let thickness = random.integer(1...4)
        let length = alongX * alongX + alongY * alongY
        guard length > 0 else { return }
        for y in max(0, min(startY, startY + alongY) - 2)...min(height - 1, max(startY, startY + alongY) + 2) {
            for x in max(0, min(startX, startX + alongX) - 2)...min(width - 1, max(startX, startX + alongX) + 2) {
                let projection = (x - startX) * alongX + (y - startY) * alongY
                let distance = (x - startX) * alongY - (y - startY) * alongX
                if projection >= 0, projection <= length, 4 * distance * distance <= thickness * thickness * length {
                    canvas[y * width + x] = color
                }
            }
        }
    }
}
