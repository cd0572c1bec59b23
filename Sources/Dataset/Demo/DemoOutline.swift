/// The silhouette of a demo object. It says nothing of the object's class.
enum DemoOutline: String, CaseIterable, Sendable {
    case ellipse, rectangle, roundedRectangle, octagon, hexagon

    /// Whether the centre of pixel (x, y) lies inside the outline that fills a frame of `width` x `height` pixels.
    func contains(x: Int, y: Int, width: Int, height: Int) -> Bool {
        guard x >= 0, y >= 0, x < width, y < height else { return false }
        // Doubled coordinates from the frame's centre are integers for odd and even sides alike.
        let fromX = abs(2 * x - (width - 1))
        let fromY = abs(2 * y - (height - 1))
        switch self {
        case .rectangle:
            return true
        case .ellipse:
            return fromX * fromX * height * height + fromY * fromY * width * width <= width * width * height * height
        case .roundedRectangle:
            let radius = min(width, height) / 2
            let pastX = fromX - (width - radius)
            let pastY = fromY - (height - radius)
            return pastX <= 0 || pastY <= 0 || pastX * pastX + pastY * pastY <= radius * radius
        case .octagon:
            // The corners are cut at half of the half side.
            return 2 * (fromX * height + fromY * width) <= 3 * width * height
        case .hexagon:
            // Pointed to the left and to the right.
            return 2 * fromX * height + fromY * width <= 2 * width * height
        }
    }
}
