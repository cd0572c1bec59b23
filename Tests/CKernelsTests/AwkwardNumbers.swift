extension TestNumbers {
    /// Ordinary numbers, zeros of both signs, equal ones, subnormals, and now and then what is not finite.
    mutating func awkward() -> Float {
        switch below(24) {
        case 0, 1: 0
        case 2: -0
        case 3, 4: Float(below(3)) - 1
        case 5: Float(bitPattern: UInt32(below(1 << 20)) | UInt32(below(2)) << 31)
        case 6: signed() * .leastNormalMagnitude
        case 7: below(8) == 0 ? .infinity : signed() * 1e30
        case 8: below(8) == 0 ? -.infinity : signed() * 1e30
        case 9: below(16) == 0 ? .nan : signed()
        default: signed()
        }
    }

    /// None, a plain one, that of ReLU6, and one that many values exceed.
    mutating func ceiling() -> Float { [0, .infinity, 6, 0.25][below(4)] }
}

/// min(max(value, 0), ceiling), where a ceiling of 0 stands for no ReLU.
func relu(_ value: Float, ceiling: Float) -> Float {
    if ceiling == 0 { return value }
    if !(value > 0) { return 0 }
    return value > ceiling ? ceiling : value
}

extension [Float] {
    /// The bits, with one pattern for all that is not a number: which of several it is no contract says.
    var comparable: [UInt32] { map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern } }
}

/// Activations of a batch, channel-last, with a halo of zeros and gaps between pixels: the last float ends where memory
/// begins that cannot be read.
final class PaddedActivations {
    let batch, height, width, channels, pixel, row, image: Int
    private let memory: GuardedFloats
    private let first: Int
    private let gap: Float

    init(
        batch: Int, height: Int, width: Int, channels: Int, top: Int = 0, left: Int = 0, bottom: Int = 0,
        right: Int = 0, gap: Int = 0
    ) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
        pixel = channels + gap
        row = (left + width + right) * pixel
        image = (top + height + bottom) * row
        // The gap behind the last pixel is left out, so that nothing may be read behind its channels.
        memory = GuardedFloats(count: batch * image - gap)
        first = top * row + left * pixel
        self.gap = -77
        for b in 0..<batch {
            for place in 0..<image / pixel {
                let at = b * image + place * pixel + channels
                for c in 0..<gap where at + c < batch * image - gap { memory.pointer[at + c] = self.gap }
            }
        }
    }

    /// Channel 0 of pixel (0, 0) of image 0, inside of the halo.
    var origin: UnsafeMutablePointer<Float> { memory.pointer + first }

    private var places: [Int] {
        (0..<batch).flatMap { b in
            (0..<height).flatMap { y in (0..<width).map { x in b * self.image + y * self.row + x * self.pixel } }
        }
    }

    /// [batch][height][width][channels]
    var values: [Float] {
        get { places.flatMap { place in (0..<channels).map { origin[place + $0] } } }
        set {
            for (number, place) in places.enumerated() {
                for c in 0..<channels { origin[place + c] = newValue[number * channels + c] }
            }
        }
    }

    /// Whether all that lies between the pixels is as it was.
    var gapsAreWhole: Bool {
        let inside = Set(places.map { $0 + first })
        return (0..<batch * image / pixel).allSatisfy { number in
            let at = number * pixel
            let halo = inside.contains(at) || (at..<at + channels).allSatisfy { memory.pointer[$0] == 0 }
            let isLast = number == batch * image / pixel - 1
            return halo && (isLast || (at + channels..<at + pixel).allSatisfy { memory.pointer[$0] == gap })
        }
    }
}
