import CKernels

/// How much each place of a layer speaks for one class in one picture, at the layer's own size. Every number is a double
/// made by single operations in a fixed order, so it is the same on every machine.
package struct AttributionMap: Sendable, Hashable {
    package let width: Int
    package let height: Int
    /// [height][width]
    package let values: [Double]

    package init(width: Int, height: Int, values: [Double]) {
        self.width = width
        self.height = height
        self.values = values
    }

    /// From the value at each place, rows from the top.
    init(_ shape: Shape, _ value: (_ y: Int, _ x: Int) -> Double) {
        var values: [Double] = []
        values.reserveCapacity(shape.height * shape.width)
        for y in 0..<shape.height {
            for x in 0..<shape.width { values.append(value(y, x)) }
        }
        self.init(width: shape.width, height: shape.height, values: values)
    }

    package var isFinite: Bool { values.allSatisfy(\.isFinite) }

    /// Fraction bits of `gating`, in which the map's largest magnitude is 1: 40, or as many as keep the sum of a whole
    /// map's magnitudes below 2^63, 39 from 2,897 x 2,897 pixels on and 38 at 4,096 x 4,096.
    package static func bits(inputSize: Int) -> Int {
        // The sum is at most pixels * 2^bits, and pixels < 2^(significant + 1) or a power of two.
        let significant = Int.bitWidth - 1 - (inputSize * inputSize).leadingZeroBitCount
        return min(40, 62 - significant)
    }

    /// Enlarged to the input, as a map of one channel that the box rules, drawings and files take like gating. In units
    /// of 2^-`bits` of the largest magnitude; negative evidence stays negative.
    package func gating(inputSize: Int) -> ReadOutMap {
        let pixels = enlarged(inputSize)
        let largest = pixels.reduce(0) { max($0, abs(Double($1))) }
        let scale = Double(sign: .plus, exponent: AttributionMap.bits(inputSize: inputSize), significand: 1)
        let fixed = pixels.map {
            largest > 0 ? Int64((Double($0) / largest * scale).rounded(.toNearestOrEven)) : 0
        }
        return ReadOutMap(width: inputSize, height: inputSize, channels: 1, values: fixed)
    }

    /// [inputSize][inputSize], in units of the largest magnitude: by the bicubic interpolation that score maps of other
    /// programs get too. Divided first, since a double may be beyond a float's range.
    private func enlarged(_ inputSize: Int) -> [Float] {
        let largest = values.reduce(0) { max($0, abs($1)) }
        let units = values.map { largest > 0 ? Float($0 / largest) : 0 }
        let size = Int32(inputSize)
        let scratch = Int(ck_score_map_scratch(Int32(height), size))
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: scratch) { scratch in
            [Float](unsafeUninitializedCapacity: inputSize * inputSize) { pixels, count in
                ck_score_map_resize(
                    units, Int32(height), Int32(width), pixels.baseAddress, size, size, scratch.baseAddress)
                count = inputSize * inputSize
            }
        }
    }
}
