// A histogram as bytes, in which it travels and lies in the journal (Sources/Protocol/FORMAT.md, "Pixel histogram"). A histogram has
// one form only.

extension PixelHistogram {
    /// With a pixel in every bin, a byte for each step and four for each count. A step of two bytes leaves out more bins than that.
    public static let maxEncodedBytes = 1001 * 9

    /// Each bin as three numbers: how many bins without a pixel are before it, its foreground, its background.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * bins.count)
        var next = 0
        for bin in bins {
            bytes.append(sevenBit: bin.place - next)
            bytes.append(sevenBit: bin.foreground)
            bytes.append(sevenBit: bin.background)
            next = bin.place + 1
        }
        return bytes
    }

    /// Reads what `encoded` wrote. Whether it is of an image with these masks, `check` looks at.
    public init(_ bytes: [UInt8], in bins: PixelBins) throws(MalformedPixels) {
        guard bytes.count <= Self.maxEncodedBytes else {
            throw MalformedPixels("has \(bytes.count) bytes, at most \(Self.maxEncodedBytes) are possible")
        }
        var reader = SevenBitReader(bytes)
        var found: [Bin] = []
        var next = 0
        while !reader.isAtEnd {
            let place = next + (try reader.next())
            guard place < bins.count else {
                throw MalformedPixels("has a bin \(place), expected 0...\(bins.count - 1)")
            }
            let bin = Bin(place: place, foreground: try reader.next(), background: try reader.next())
            guard bin.foreground + bin.background > 0 else {
                throw MalformedPixels("has a bin \(place) without a pixel")
            }
            found.append(bin)
            next = place + 1
        }
        self.init(bins: found)
    }

    /// What no map of an image with this mask has. How its pixels are spread over the bins cannot be told without the map.
    /// - Parameters:
    ///   - mask: of how many pixels the image's masks are.
    ///   - profile: of the same map.
    public func check(_ mask: PixelCounts, _ profile: MapProfile) throws(MalformedPixels) {
        let counts = counts
        guard counts == mask else {
            throw MalformedPixels(
                "has \(counts.foreground) pixels of objects and \(counts.background) of the background, the mask has "
                    + "\(mask.foreground) and \(mask.background)")
        }
        guard !profile.isBlank || bins.allSatisfy({ $0.place == 0 }) else {
            throw MalformedPixels("has values above the lowest bin, but the map is said to be blank")
        }
    }
}
