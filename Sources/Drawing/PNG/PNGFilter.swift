/// PNG's filters: each row is written as differences from a prediction, which compress better than the pixels.
enum PNGFilter {
    private static let kinds = 0..<5

    /// Every row behind the number of its filter, the one whose differences are smallest in sum.
    static func filtered(_ pixels: [UInt8], rowBytes: Int, pixelBytes: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count + pixels.count / rowBytes)
        let top = [UInt8](repeating: 0, count: rowBytes)
        var candidate = top
        var best = top
        pixels.withUnsafeBufferPointer { pixels in
            top.withUnsafeBufferPointer { top in
                for start in stride(from: 0, to: pixels.count, by: rowBytes) {
                    let row = Row(
                        bytes: pixels.baseAddress! + start,
                        above: start == 0 ? top.baseAddress! : pixels.baseAddress! + start - rowBytes,
                        count: rowBytes, pixelBytes: pixelBytes)
                    var (least, chosen) = (Int.max, 0)
                    for kind in kinds {
                        let sum = row.differences(kind, into: &candidate)
                        guard sum < least else { continue }
                        (least, chosen) = (sum, kind)
                        swap(&candidate, &best)
                    }
                    result.append(UInt8(chosen))
                    result += best
                }
            }
        }
        return result
    }

    /// One row and the one above it.
    private struct Row {
        let bytes: UnsafePointer<UInt8>
        let above: UnsafePointer<UInt8>
        let count: Int
        let pixelBytes: Int

        /// Gives the sum of the differences' sizes.
        func differences(_ kind: Int, into result: inout [UInt8]) -> Int {
            result.withUnsafeMutableBufferPointer { result in
                switch kind {
                case 0: differences(into: result) { _, _, _ in 0 }
                case 1: differences(into: result) { left, _, _ in left }
                case 2: differences(into: result) { _, up, _ in up }
                case 3: differences(into: result) { left, up, _ in UInt8((Int(left) + Int(up)) / 2) }
                default: differences(into: result, PNGFilter.paeth)
                }
            }
        }

        @inline(__always)
        private func differences(
            into result: UnsafeMutableBufferPointer<UInt8>, _ predict: (UInt8, UInt8, UInt8) -> UInt8
        ) -> Int {
            var sum = 0
            // The first pixel has none on its left.
            for place in 0..<min(pixelBytes, count) {
                result[place] = bytes[place] &- predict(0, above[place], 0)
                sum += Int(Int8(bitPattern: result[place]).magnitude)
            }
            for place in min(pixelBytes, count)..<count {
                let prediction = predict(bytes[place - pixelBytes], above[place], above[place - pixelBytes])
                result[place] = bytes[place] &- prediction
                sum += Int(Int8(bitPattern: result[place]).magnitude)
            }
            return sum
        }
    }

    /// Whichever of the three is nearest to left + up - corner; left before up before corner.
    @inline(__always)
    static func paeth(_ left: UInt8, _ up: UInt8, _ corner: UInt8) -> UInt8 {
        let estimate = Int(left) + Int(up) - Int(corner)
        let (a, b, c) = (abs(estimate - Int(left)), abs(estimate - Int(up)), abs(estimate - Int(corner)))
        return a <= b && a <= c ? left : b <= c ? up : corner
    }
}
