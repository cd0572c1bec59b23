/// One class's activation map of one picture, at the size of the features. Every number is a double made by single
/// operations in a fixed order (a product of two floats is exact in a double), so it is the same on every machine.
package struct ClassActivationMap: Sendable, Hashable {
    package let width: Int
    package let height: Int
    /// [height][width]
    package let values: [Double]

    /// Fraction bits of `gating`, in which the map's largest magnitude is 1: 40, or as many as keep the sum of a whole
    /// map's magnitudes below 2^63, 39 from 2,897 x 2,897 pixels on and 38 at 4,096 x 4,096.
    package static func bits(inputSize: Int) -> Int {
        // The sum is at most pixels * 2^bits, and pixels < 2^(significant + 1) or a power of two.
        let significant = Int.bitWidth - 1 - (inputSize * inputSize).leadingZeroBitCount
        return min(40, 62 - significant)
    }

    package init(width: Int, height: Int, values: [Double]) {
        self.width = width
        self.height = height
        self.values = values
    }

    /// The channels' sum, weighted with the class's weights: sum over k, from 0 upwards, of weights[k] * features[k].
    ///
    /// - Parameters:
    ///   - features: channel 0 of pixel (0, 0); `row` and `pixel` floats to the next row and pixel.
    ///   - weights: one a channel; nil stands for 1 at the channel `index` and 0 elsewhere.
    package init(
        features: UnsafePointer<Float>, shape: Shape, row: Int, pixel: Int, weights: UnsafePointer<Float>?,
        class index: Int
    ) {
        var values: [Double] = []
        values.reserveCapacity(shape.height * shape.width)
        for y in 0..<shape.height {
            for x in 0..<shape.width {
                let cell = features + y * row + x * pixel
                guard let weights else {
                    values.append(Double(cell[index]))
                    continue
                }
                var sum = 0.0
                for channel in 0..<shape.channels { sum += Double(weights[channel]) * Double(cell[channel]) }
                values.append(sum)
            }
        }
        self.init(width: shape.width, height: shape.height, values: values)
    }

    package var isFinite: Bool { values.allSatisfy(\.isFinite) }

    /// Enlarged to the input, as a map of one channel that the box rules, drawings and files take like gating. In units
    /// of 2^-`bits` of the largest magnitude; negative evidence stays negative.
    package func gating(inputSize: Int) -> ReadOutMap {
        let enlarged = Bicubic(from: width, to: inputSize).rows(values, height: height)
        let pixels = Bicubic(from: height, to: inputSize).columns(enlarged, width: inputSize)
        let largest = pixels.reduce(0) { max($0, abs($1)) }
        let scale = Double(sign: .plus, exponent: ClassActivationMap.bits(inputSize: inputSize), significand: 1)
        // Divided first: a tiny map's scale would not be a number.
        let fixed = pixels.map { largest > 0 ? Int64(($0 / largest * scale).rounded(.toNearestOrEven)) : 0 }
        return ReadOutMap(width: inputSize, height: inputSize, channels: 1, values: fixed)
    }
}
