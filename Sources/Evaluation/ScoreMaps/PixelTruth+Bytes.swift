// The pixels' kinds as bytes, in which they travel (Sources/Protocol/FORMAT.md, "Mask"): runs of one kind, which have one form only.

extension PixelTruth {
    /// In rows from the top: each run of pixels of one kind as a number, (length - 1) * 4 + kind.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        kinds.withUnsafeBufferPointer { kinds in
            var start = 0
            while start < kinds.count {
                let kind = kinds[start]
                var end = start + 1
                while end < kinds.count, kinds[end] == kind { end += 1 }
                bytes.append(sevenBit: (end - start - 1) << 2 | Int(kind))
                start = end
            }
        }
        return bytes
    }

    /// Reads what `encoded` wrote, be it from another machine.
    /// - Parameter inputSize: the side of the input in pixels.
    public init(_ bytes: [UInt8], inputSize: Int) throws(MalformedPixels) {
        var kinds: [UInt8] = []
        kinds.reserveCapacity(inputSize * inputSize)
        try Self.forEachRun(bytes, inputSize) { kind, length in
            kinds.append(contentsOf: repeatElement(kind, count: length))
        }
        self.init(kinds: kinds)
    }

    /// How many pixels of each kind such bytes have: looks at all of them without making the pixels.
    public static func counts(_ bytes: [UInt8], inputSize: Int) throws(MalformedPixels) -> PixelCounts {
        var counts = [0, 0, 0]
        try forEachRun(bytes, inputSize) { kind, length in counts[Int(kind)] += length }
        return PixelCounts(
            foreground: counts[Int(Kind.foreground.rawValue)], background: counts[Int(Kind.background.rawValue)])
    }

    private static func forEachRun(
        _ bytes: [UInt8], _ inputSize: Int, _ body: (_ kind: UInt8, _ length: Int) -> Void
    ) throws(MalformedPixels) {
        let pixels = inputSize * inputSize
        var reader = SevenBitReader(bytes)
        var (total, last) = (0, -1)
        while !reader.isAtEnd {
            let number = try reader.next()
            let (kind, length) = (number & 3, (number >> 2) + 1)
            guard Kind(rawValue: UInt8(kind)) != nil else { throw MalformedPixels("has a run of the kind \(kind)") }
            guard kind != last else { throw MalformedPixels("has two runs of the kind \(kind) in a row") }
            total += length
            guard total <= pixels else {
                throw MalformedPixels("has more than the \(pixels) pixels of \(inputSize)x\(inputSize)")
            }
            last = kind
            body(UInt8(kind), length)
        }
        guard total == pixels else {
            throw MalformedPixels("has \(total) pixels, expected the \(pixels) of \(inputSize)x\(inputSize)")
        }
    }
}
