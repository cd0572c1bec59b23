import SelectiveTuning

// A profile as bytes, in which it travels and lies in the journal (Sources/Protocol/FORMAT.md, "Map profile"). A profile
// has one form only.

extension MapProfile {
    /// Why bytes are no profile: the end of a sentence that begins with "map profile".
    public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// Flags, the maximum's place, both masses, two counts.
    private static let fixedBytes = 1 + 4 + 8 + 2
    /// With a new box at each level: a byte for its step and four differences of two bytes each. A step of fifteen levels
    /// and more has a byte beside it, and leaves out more than it adds.
    public static let maxEncodedBytes = fixedBytes + 2 * levels * 9

    private enum Flag {
        static let blank: UInt8 = 1
        static let maximum: UInt8 = 2
        static let all: UInt8 = 3
    }

    /// What a byte of `best` says of a run, above the four bits of its step.
    private enum Kind {
        static let none: UInt8 = 0
        static let largest: UInt8 = 1
        static let other: UInt8 = 2
    }

    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(MapProfile.fixedBytes + 5 * largest.count + 4 * best.count)
        bytes.append((isBlank ? Flag.blank : 0) | (maximum == nil ? 0 : Flag.maximum))
        if let maximum {
            bytes.append(little: maximum.x)
            bytes.append(little: maximum.y)
        }
        bytes.append(little: mass)
        bytes.append(little: massInside)
        bytes.append(UInt8(largest.count))
        var (level, box) = (0, PixelBox())
        for run in largest {
            let changes = run.box.corners &- box.corners
            var mask: UInt8 = 0
            for side in 0..<4 where changes[side] != 0 { mask |= 1 << UInt8(side) }
            bytes.append(step: Int(run.first) - level, mask)
            for side in 0..<4 where changes[side] != 0 { bytes.append(signed: Int(changes[side])) }
            (level, box) = (Int(run.first), run.box)
        }
        bytes.append(UInt8(best.count))
        (level, box) = (0, PixelBox())
        for run in best {
            let step = Int(run.first) - level
            switch run.choice {
            case .none: bytes.append(step: step, Kind.none)
            case .largest: bytes.append(step: step, Kind.largest)
            case .other(let own):
                bytes.append(step: step, Kind.other)
                let changes = own.corners &- box.corners
                for side in 0..<4 { bytes.append(signed: Int(changes[side])) }
                box = own
            }
            level = Int(run.first)
        }
        return bytes
    }

    /// Reads what `encoded` wrote. Whether it can be the profile of a map of this input is looked at, and not whether it
    /// is an image's: `check` does that.
    /// - Parameter inputSize: the side of the input in pixels.
    public init(_ bytes: [UInt8], inputSize: Int) throws(Malformed) {
        guard bytes.count <= MapProfile.maxEncodedBytes else {
            throw Malformed("has \(bytes.count) bytes, at most \(MapProfile.maxEncodedBytes) are possible")
        }
        var reader = Reader(bytes: bytes)
        let flags = try reader.byte()
        guard flags & ~Flag.all == 0 else { throw Malformed("has the flags \(flags)") }
        var maximum: Pixel?
        if flags & Flag.maximum != 0 {
            maximum = Pixel(x: UInt16(try reader.little(2)), y: UInt16(try reader.little(2)))
        }
        let (mass, inside) = (UInt32(try reader.little(4)), UInt32(try reader.little(4)))
        var largest: [Largest] = []
        var (level, box) = (0, PixelBox())
        let count = Int(try reader.byte())
        largest.reserveCapacity(count)
        for place in 0..<count {
            let (step, mask) = try reader.step()
            level = try MapProfile.level(level, step, isFirst: place == 0, "largest contour's boxes")
            var changes = SIMD4<Int32>()
            for side in 0..<4 where mask & 1 << UInt8(side) != 0 {
                changes[side] = try reader.signed()
                guard changes[side] != 0 else { throw Malformed("has a corner that changes by nothing") }
            }
            guard mask != 0 || place == 0 else { throw Malformed("has the same largest box twice in a row") }
            box = try box.moved(changes)
            largest.append(Largest(first: UInt8(level), box: box))
        }
        var best: [Best] = []
        (level, box) = (0, PixelBox())
        for place in 0..<Int(try reader.byte()) {
            let (step, kind) = try reader.step()
            level = try MapProfile.level(level, step, isFirst: place == 0, "best boxes")
            let choice: Best.Choice
            switch kind {
            case Kind.none: choice = .none
            case Kind.largest: choice = .largest
            case Kind.other:
                var changes = SIMD4<Int32>()
                for side in 0..<4 { changes[side] = try reader.signed() }
                box = try box.moved(changes)
                choice = .other(box)
            default: throw Malformed("has a best box of the kind \(kind)")
            }
            guard best.last?.choice != choice else { throw Malformed("has the same best box twice in a row") }
            best.append(Best(first: UInt8(level), choice: choice))
        }
        guard reader.place == bytes.count else { throw Malformed("is followed by \(bytes.count - reader.place) bytes") }
        self.init(
            largest: largest, best: best, maximum: maximum, mass: mass, massInside: inside,
            isBlank: flags & Flag.blank != 0)
        try checkForm(inputSize: inputSize)
    }

    private static func level(
        _ level: Int, _ step: Int, isFirst: Bool, _ name: String
    ) throws(Malformed) -> Int {
        let next = level + step
        guard isFirst ? next == 0 : step > 0 && next < levels else {
            throw Malformed(
                "has the \(name) from level \(next) on, expected "
                    + (isFirst ? "0 first" : "levels that ascend to \(levels - 1)"))
        }
        return next
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func byte() throws(Malformed) -> UInt8 {
            guard place < bytes.count else { throw Malformed("ends after \(bytes.count) bytes") }
            defer { place += 1 }
            return bytes[place]
        }

        mutating func little(_ count: Int) throws(Malformed) -> UInt64 {
            var value: UInt64 = 0
            for shift in 0..<count { value |= UInt64(try byte()) << UInt64(8 * shift) }
            return value
        }

        /// So many levels further, and the four bits beside that.
        mutating func step() throws(Malformed) -> (step: Int, low: UInt8) {
            let head = try byte()
            let step = Int(head >> 4)
            return (step == 15 ? 15 + Int(try byte()) : step, head & 15)
        }

        /// A difference with its sign in the lowest bit, seven bits a byte, the low ones first; in two bytes only what
        /// does not fit in one.
        mutating func signed() throws(Malformed) -> Int32 {
            var value = Int32(try byte())
            if value & 0x80 != 0 {
                let high = Int32(try byte())
                guard (1..<0x80).contains(high) else { throw Malformed("has a coordinate that is no pixel's") }
                value = value & 0x7f | high << 7
            }
            return value & 1 == 0 ? value >> 1 : -(value >> 1) - 1
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(step: Int, _ low: UInt8) {
        append(UInt8(Swift.min(step, 15)) << 4 | low)
        if step >= 15 { append(UInt8(step - 15)) }
    }

    fileprivate mutating func append(signed value: Int) {
        let value = value < 0 ? (-value << 1) - 1 : value << 1
        if value < 0x80 {
            append(UInt8(value))
        } else {
            append(UInt8(value & 0x7f) | 0x80)
            append(UInt8(value >> 7))
        }
    }
}

extension PixelBox {
    fileprivate var corners: SIMD4<Int32> { SIMD4(Int32(x0), Int32(y0), Int32(x1), Int32(y1)) }

    fileprivate func moved(_ changes: SIMD4<Int32>) throws(MapProfile.Malformed) -> PixelBox {
        let sides = corners &+ changes
        guard sides.min() >= 0, sides.max() <= Int32(UInt16.max) else {
            throw MapProfile.Malformed("has a coordinate that is no pixel's")
        }
        return PixelBox(UInt16(sides[0]), UInt16(sides[1]), UInt16(sides[2]), UInt16(sides[3]))
    }
}
