/// The ten classes of the demo: an object belongs to a class because of the pattern it wears, whatever its outline and
/// colours.
///
/// The names are sorted, so that a class's index is the rank of its name.
enum DemoPattern: String, CaseIterable, Sendable {
    case bricks, checkerboard, chevrons, crosses, dots, lattice, rings, scales, stripes, triangles

    /// One period of every pattern, in the units of `isInk`.
    static let period = 1024

    /// Whether the pattern has ink at (u, v), both in 1/1024 of a period, of any sign.
    func isInk(_ u: Int, _ v: Int) -> Bool {
        let cellU = u & 1023
        let cellV = v & 1023
        let offU = abs(cellU - 512)
        let offV = abs(cellV - 512)
        switch self {
        case .bricks:
            let shift = (v >> 9) & 1 == 0 ? 0 : 512
            return v & 511 < 140 || (u + shift) & 1023 < 140
        case .checkerboard:
            return ((u >> 9) ^ (v >> 9)) & 1 == 0
        case .chevrons:
            return (v + offU) & 511 < 256
        case .crosses:
            return (offU < 130 && offV < 400) || (offV < 130 && offU < 400)
        case .dots:
            let shift = (v >> 10) & 1 == 0 ? 0 : 512
            let along = ((u + shift) & 1023) - 512
            return along * along + offV * offV < 340 * 340
        case .lattice:
            return (u + v) & 1023 < 230 || (u - v) & 1023 < 230
        case .rings:
            let square = offU * offU + offV * offV
            return square > 230 * 230 && square < 440 * 440
        case .scales:
            return DemoPattern.isScaleRim(u, v)
        case .stripes:
            return cellU < 512
        case .triangles:
            return cellV > 130 && cellV < 900 && offU * 7 < (cellV - 130) * 4
        }
    }

    /// Rows of overlapping discs, half a period apart and shifted by half a period, each lying over the row above it.
    private static func isScaleRim(_ u: Int, _ v: Int) -> Bool {
        let radius = 620
        let rim = 450
        for row in stride(from: (v >> 9) + 2, through: (v >> 9) - 2, by: -1) {
            let shift = row & 1 == 0 ? 0 : 512
            let along = ((u + shift) & 1023) - 512
            let across = v - row * 512
            let square = along * along + across * across
            if square <= radius * radius { return square > rim * rim }
        }
        return true
    }
}
