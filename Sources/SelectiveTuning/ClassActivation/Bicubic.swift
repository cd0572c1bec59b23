/// Bicubic interpolation along one axis, as OpenCV and PyTorch enlarge a map: Keys's kernel with a = -0.75, pixel
/// centres at halves, the border repeated, no antialiasing. In doubles, in a fixed order.
package struct Bicubic: Sendable {
    private struct Tap {
        var places: [Int]
        var weights: [Double]
    }

    private let size: Int
    private let taps: [Tap]

    /// From `size` values to `count` values along the axis.
    package init(from size: Int, to count: Int) {
        self.size = size
        taps = (0..<count).map { place in
            let position = (Double(place) + 0.5) * Double(size) / Double(count) - 0.5
            let first = position.rounded(.down)
            let t = position - first
            return Tap(
                places: (-1...2).map { min(max(Int(first) + $0, 0), size - 1) },
                weights: [Self.outer(t + 1), Self.inner(t), Self.inner(1 - t), Self.outer(2 - t)])
        }
    }

    private static let a = -0.75
    /// For a distance up to 1.
    private static func inner(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
    /// For a distance from 1 to 2.
    private static func outer(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }

    /// [height][size] to [height][count].
    package func rows(_ values: [Double], height: Int) -> [Double] {
        (0..<height).flatMap { y in
            taps.map { tap in
                var sum = 0.0
                for (place, weight) in zip(tap.places, tap.weights) { sum += values[y * size + place] * weight }
                return sum
            }
        }
    }

    /// [size][width] to [count][width].
    package func columns(_ values: [Double], width: Int) -> [Double] {
        taps.flatMap { tap in
            (0..<width).map { x in
                var sum = 0.0
                for (place, weight) in zip(tap.places, tap.weights) { sum += values[place * width + x] * weight }
                return sum
            }
        }
    }
}
