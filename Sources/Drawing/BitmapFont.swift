import Bytes

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

    /// Calls `draw` with the column and row of each dot, from the upper left corner of the first letter's cell.
    static func forEachDot(of text: String, _ draw: (_ column: Int, _ row: Int) -> Void) {
        var pen = 0
        for glyph in glyphs(of: text) {
            for (row, columns) in glyph.rows.enumerated() {
                for column in 0..<glyph.width where columns >> column & 1 == 1 { draw(pen + column, row) }
            }
            pen += glyph.width + letterSpacing
        }
    }

    /// The first of the texts that is at most so many pixels wide, at the first of the scales at which one is; where none is,
    /// what fits of the last text at the last scale, with "..." behind it. "" where nothing fits.
    static func fitted(_ texts: [String], width: Int, scales: [Int]) -> (text: String, scale: Int) {
        guard width > 0, let last = texts.last, let smallest = scales.last else { return ("", 1) }
        // No line has more letters than pixels; a name from a file may have.
        for scale in scales {
            for text in texts where text.prefix(width + 1).count <= width && self.width(of: text) * scale <= width {
                return (text, scale)
            }
        }
        var text = last.prefix(width)
        while !text.isEmpty, self.width(of: text + "...") * smallest > width { text.removeLast() }
        return text.isEmpty ? ("", smallest) : (text + "...", smallest)
    }

    static func glyph(_ character: Character) -> Glyph {
        if let ascii = character.asciiValue {
            return ascii < 0x20 || ascii == 0x7f ? fallback : table[Int(ascii) - 0x20]
        }
        let scalars = character.unicodeScalars
        guard let letter = plain(scalars[scalars.startIndex]),
            scalars.dropFirst().allSatisfy({
                $0.properties.isDiacritic || $0.properties.generalCategory == .nonspacingMark
            })
        else { return fallback }
        return table[Int(letter) - 0x20]
    }

    /// ASCII's letter of a letter with a mark: Unicode calls é "LATIN SMALL LETTER E WITH ACUTE".
    private static func plain(_ scalar: Unicode.Scalar) -> UInt8? {
        if (0x21...0x7e).contains(scalar.value) { return UInt8(scalar.value) }
        let words = scalar.properties.name?.split(separator: " ") ?? []
        guard words.count > 4, words[0] == "LATIN", words[2] == "LETTER", words[4] == "WITH",
            words[3].utf8.count == 1, let letter = words[3].utf8.first
        else { return nil }
        return words[1] == "SMALL" ? letter | 0x20 : letter
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
