/// The rows of one pass, each behind the number of its filter, made into samples where they lie.
struct PNGRows {
    let rowBytes: Int
    /// How far back a filter looks for the pixel on the left.
    let pixelBytes: Int

    /// Undoes the filters of `count` rows.
    /// - Parameter rows: `count * (rowBytes + 1)` bytes.
    /// - Returns: nil where all went well, else a row's filter that there is not.
    func unfilter(_ rows: UnsafeMutablePointer<UInt8>, count: Int) -> UInt8? {
        for row in 0..<count {
            let start = rows + row * (rowBytes + 1)
            let line = start + 1
            // The row above the first one is all zero.
            let above = row == 0 ? nil : UnsafePointer(line - (rowBytes + 1))
            switch start.pointee {
            case 0: break
            case 1: left(line)
            case 2: if let above { up(line, above) }
            case 3: average(line, above)
            case 4: if let above { paeth(line, above) } else { left(line) }
            case let other: return other
            }
        }
        return nil
    }

    private func left(_ line: UnsafeMutablePointer<UInt8>) {
        for place in stride(from: pixelBytes, to: rowBytes, by: 1) { line[place] &+= line[place - pixelBytes] }
    }

    private func up(_ line: UnsafeMutablePointer<UInt8>, _ above: UnsafePointer<UInt8>) {
        for place in 0..<rowBytes { line[place] &+= above[place] }
    }

    private func average(_ line: UnsafeMutablePointer<UInt8>, _ above: UnsafePointer<UInt8>?) {
        for place in 0..<rowBytes {
            let left = place < pixelBytes ? 0 : UInt16(line[place - pixelBytes])
            let up = above.map { UInt16($0[place]) } ?? 0
            line[place] &+= UInt8((left + up) / 2)
        }
    }

    private func paeth(_ line: UnsafeMutablePointer<UInt8>, _ above: UnsafePointer<UInt8>) {
        for place in 0..<min(pixelBytes, rowBytes) { line[place] &+= above[place] }
        for place in stride(from: pixelBytes, to: rowBytes, by: 1) {
            let (left, up) = (Int(line[place - pixelBytes]), Int(above[place]))
            let corner = Int(above[place - pixelBytes])
            // Whichever of the three is nearest to left + up - corner; left before up before corner.
            let (a, b, c) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
            line[place] &+= UInt8(a <= b && a <= c ? left : b <= c ? up : corner)
        }
    }
}
