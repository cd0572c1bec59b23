/// PNG's filters: each row is written as differences from a prediction, which compress better than the pixels.
enum PNGFilter {
    private static let kinds: [@Sendable (UInt8, UInt8, UInt8) -> UInt8] = [
        { _, _, _ in 0 }, { left, _, _ in left }, { _, up, _ in up },
        { left, up, _ in UInt8((Int(left) + Int(up)) / 2) },
        { left, up, corner in paeth(left, up, corner) },
    ]

    /// Every row behind the number of its filter, the one whose differences are smallest in sum.
    static func filtered(_ pixels: [UInt8], rowBytes: Int, pixelBytes: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count + pixels.count / rowBytes)
        var above = [UInt8](repeating: 0, count: rowBytes)
        var candidate = above
        for start in stride(from: 0, to: pixels.count, by: rowBytes) {
            let row = Array(pixels[start..<start + rowBytes])
            var best = (sum: Int.max, kind: 0, bytes: row)
            for kind in kinds.indices {
                let sum = apply(kind, row, above, pixelBytes, into: &candidate)
                if sum < best.sum { best = (sum, kind, candidate) }
            }
            result.append(UInt8(best.kind))
            result += best.bytes
            above = row
        }
        return result
    }

    /// Gives the sum of the differences' sizes.
    private static func apply(
        _ kind: Int, _ row: [UInt8], _ above: [UInt8], _ pixelBytes: Int, into result: inout [UInt8]
    ) -> Int {
        let predict = kinds[kind]
        var sum = 0
        for place in row.indices {
            let left = place < pixelBytes ? 0 : row[place - pixelBytes]
            let corner = place < pixelBytes ? 0 : above[place - pixelBytes]
            let difference = row[place] &- predict(left, above[place], corner)
            result[place] = difference
            sum += Int(Int8(bitPattern: difference).magnitude)
        }
        return sum
    }

    /// Whichever of the three is nearest to left + up - corner; left before up before corner.
    private static func paeth(_ left: UInt8, _ up: UInt8, _ corner: UInt8) -> UInt8 {
        let estimate = Int(left) + Int(up) - Int(corner)
        let (a, b, c) = (abs(estimate - Int(left)), abs(estimate - Int(up)), abs(estimate - Int(corner)))
        return a <= b && a <= c ? left : b <= c ? up : corner
    }
}
