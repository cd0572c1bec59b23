import Bytes

/// What stands below a class-hypothesis map: the class that it is of, and the scale of the colours with the values at its
/// ends. It is drawn in the map's own colours, so that a picture of 256 of them holds it.
public struct HypothesisCaption: Sendable, Hashable {
    /// Such as "class-hypothesis map".
    public var kind: String
    public var className: String

    public init(kind: String, className: String) {
        self.kind = kind
        self.className = className
    }

    /// Dark blue, and a yellow that is read on it.
    static let ground: UInt8 = 0
    static let ink: UInt8 = 165

    private static func scale(width: Int) -> Int { width >= 400 ? 2 : 1 }

    /// Rows of pixels that it takes below a map of this width.
    public static func height(width: Int) -> Int { (4 + 9 + 3 + 6 + 3 + 9 + 3) * scale(width: width) }

    /// [height][width] steps of the scale.
    ///
    /// - Parameters: low, high: the values at the scale's ends; nil for a map without any difference.
    func steps(width: Int, ends: (low: Float, high: Float)?) -> [UInt8] {
        let scale = Self.scale(width: width)
        let height = Self.height(width: width)
        var steps = [UInt8](repeating: Self.ground, count: width * height)
        let margin = 4 * scale
        let room = width - 2 * margin
        guard room > 0 else { return steps }
        func write(_ text: String, size: Int, x: Int, y: Int) {
            BitmapFont.forEachDot(of: text) { column, row in
                for line in y + row * size..<y + (row + 1) * size where line < height {
                    for place in x + column * size..<x + (column + 1) * size where place < width {
                        steps[line * width + place] = Self.ink
                    }
                }
            }
        }
        let (title, size) = BitmapFont.fitted(
            ["\(kind) of: \(className)", "map of: \(className)"], width: room, scales: [scale, 1])
        write(title, size: size, x: margin, y: 4 * scale)
        let top = (4 + 9 + 3) * scale
        for y in 0..<6 * scale {
            for x in 0..<room {
                let isEdge = y == 0 || y == 6 * scale - 1 || x == 0 || x == room - 1
                steps[(top + y) * width + margin + x] = isEdge ? Self.ink : UInt8(x * 255 / max(1, room - 1))
            }
        }
        let below = top + 9 * scale
        guard let ends else {
            let (text, size) = BitmapFont.fitted(["all values are the same"], width: room, scales: [scale, 1])
            write(text, size: size, x: margin, y: below)
            return steps
        }
        let (low, high) = ("<= " + Self.short(ends.low), ">= " + Self.short(ends.high))
        let both = BitmapFont.fitted([low + "   " + high], width: room, scales: [scale, 1])
        // Half of a number would be another number.
        guard !both.text.hasSuffix("..."), !both.text.isEmpty else { return steps }
        write(low, size: both.scale, x: margin, y: below)
        write(
            high, size: both.scale, x: width - margin - BitmapFont.width(of: high) * both.scale, y: below)
        return steps
    }

    /// Three digits: "0.0123", "12.3", "1230", "1.23e-9".
    static func short(_ value: Float) -> String {
        let value = Double(value)
        let size = abs(value)
        guard size.isFinite, size > 0 else { return size == 0 ? "0" : "\(value)" }
        var exponent = 0
        var digits = size
        while digits >= 10, exponent < 400 {
            digits /= 10
            exponent += 1
        }
        while digits < 1, exponent > -400 {
            digits *= 10
            exponent -= 1
        }
        let sign = value < 0 ? "-" : ""
        if (-4...4).contains(exponent) { return sign + decimal(size, places: max(0, 2 - exponent)) }
        return "\(sign)\(decimal(digits, places: 2))e\(exponent)"
    }
}
