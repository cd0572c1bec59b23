import Foundation

/// A small typeface of dots for labels: the printable characters of ASCII, each 7 dots tall above the base line and up
/// to 2 below it, as wide as the letter needs. Letters with marks are drawn without them; whatever else there is has a
/// frame in its place.
enum BitmapFont {
    struct Glyph: Hashable, Sendable {
        /// In dots.
        let width: Int
        /// From the top; bit i of a row is column i from the left.
        let rows: [UInt8]
    }

    /// Dots of a line, descenders included.
    static let height = 9
    static let letterSpacing = 1

    static func glyphs(of text: String) -> [Glyph] { text.map(glyph) }

    /// Dots from the left of the first letter to the right of the last.
    static func width(of text: String) -> Int {
        let glyphs = glyphs(of: text)
        return glyphs.reduce(0) { $0 + $1.width } + max(0, glyphs.count - 1) * letterSpacing
    }

    static func glyph(_ character: Character) -> Glyph {
        if let ascii = character.asciiValue {
            return ascii < 0x20 || ascii == 0x7f ? fallback : table[Int(ascii) - 0x20]
        }
        // "é" is "e" and an accent.
        let scalars = String(character).decomposedStringWithCanonicalMapping.unicodeScalars
        guard let first = scalars.first, (0x21...0x7e).contains(first.value),
            scalars.dropFirst().allSatisfy({
                $0.properties.isDiacritic || $0.properties.generalCategory == .nonspacingMark
            })
        else { return fallback }
        return table[Int(first.value) - 0x20]
    }

    static let fallback = drawn("##### #...# #...# #...# #...# #...# #####")

    /// By code point, from the space on.
    static let table: [Glyph] = shapes.map(drawn)

    private static func drawn(_ shape: String) -> Glyph {
        let rows = shape.split(separator: " ")
        return Glyph(
            width: rows[0].count,
            rows: rows.map { row in
                row.enumerated().reduce(UInt8(0)) { $1.element == "#" ? $0 | 1 << UInt8($1.offset) : $0 }
            })
    }
}
